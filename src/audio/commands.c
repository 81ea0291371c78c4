/* The deployed server's commands [protocol, sections 9.1 and 9.3]: the one place that knows names,
 * permissions and usage. The descriptions and help texts are ours.
 *
 * From memory, unconfirmed [M]: every permission of the server's own commands; name, permissions
 * and usage of every command of the audio file selector but `add`, `addatt` and `check`; and what
 * the selector's options mean. */
#include <sidewire/command.h>

enum {
    AFS_BOTH = SW_AFS_READ | SW_AFS_WRITE,
    VSS_BOTH = SW_VSS_READ | SW_VSS_WRITE
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- the server's own commands ---- */

static const char help_help[] =
    "Lists all commands with handler and permissions, or explains one of them.\n";

static const char help_si[] =
    "Shows version, up time, process ids, counters, log level, audio formats and senders.\n";

static const char help_version[] =
    "Shows version, build date, system and compiler of the server.\n";

static const char help_stat[] =
    "Prints the status, and again at each change and at least every 50 seconds.\n"
    "-n=NUM  stop after NUM rounds; 0, the default: go on for ever\n"
    "-p      parser-friendly: each item with its length and number, both in hex\n";

static const char help_sender[] =
    "Without arguments: lists the senders. Subcommands of a sender:\n"
    "on, off                      start, stop sending\n"
    "allow, deny ADDR[/BITS]      change who may connect (IPv4)\n"
    "add, delete TARGET           change the targets of a datagram sender\n"
    "help                         what this sender understands\n"
    "A target is HOST, HOST:PORT, [IPV6] or [IPV6]:PORT;\n"
    "/MAX_SLICE_BYTES:DATA_SLICES:SLICES may follow.\n";

static const char help_play[] =
    "Starts or resumes playing, and takes back an earlier nomore.\n";

static const char help_stop[] =
    "Stops; a later play begins with the next file.\n";

static const char help_pause[] =
    "Interrupts playing; a later play resumes at the same place.\n";

static const char help_next[] =
    "Leaves the current file; if playing, goes on with the next one.\n";

static const char help_nomore[] =
    "Stops at the end of the current file. No effect when stopped.\n";

static const char help_ff[] =
    "Skips N seconds forward, with a minus behind backward. Beyond the end: next file;\n"
    "before the beginning: the beginning. Needs an open file.\n";

static const char help_jmp[] =
    "Goes on at N percent of the file; above 100 counts as 100. Needs an open file.\n";

static const char help_hup[] =
    "The server reads its configuration and user list again.\n";

static const char help_term[] =
    "Ends the server.\n";

static const sw_command server_commands[] = {
    { "help", 0, 0, "help [COMMAND]", "list commands, or explain one", help_help },
    { "si", 0, 0, "si", "show server information", help_si },
    { "version", 0, 0, "version", "show the server's version", help_version },
    { "stat", SW_VSS_READ, 0, "stat [-n=NUM] [-p] [--]", "show what is playing", help_stat },
    { "sender", VSS_BOTH, 0, "sender [SENDER SUBCOMMAND [ARG]]", "control the senders",
      help_sender },
    { "play", VSS_BOTH, 0, "play", "start or resume playing", help_play },
    { "stop", VSS_BOTH, 0, "stop", "stop playing", help_stop },
    { "pause", VSS_BOTH, 0, "pause", "interrupt playing", help_pause },
    { "next", VSS_BOTH, 0, "next", "go on to the next file", help_next },
    { "nomore", VSS_BOTH, 0, "nomore", "stop after the current file", help_nomore },
    { "ff", VSS_BOTH, 0, "ff N[-]", "skip some seconds", help_ff },
    { "jmp", VSS_BOTH, 0, "jmp N", "jump to a place in the file", help_jmp },
    { "hup", SW_VSS_WRITE, 0, "hup", "reload configuration and users", help_hup },
    { "term", VSS_BOTH, 0, "term", "end the server", help_term },
};

const sw_command_table sw_server_commands = { "server", server_commands, COUNT(server_commands) };

/* ---- the audio file selector's commands ---- */

static const char help_add[] =
    "Adds files, and those below a PATH that is a directory. PATHs are absolute.\n"
    "-a  all files, not only those named like audio files\n"
    "-l  lazy: skip paths known already\n"
    "-f  force: read even unchanged files again\n"
    "-v  say what is done\n";

static const char help_addatt[] =
    "Defines new attributes, which setatt can then give to files.\n";

static const char help_add_blob[] =
    "Stores the client's standard input under NAME.\n";

static const char help_cat_blob[] =
    "Writes the contents of every entry whose name matches a shell PATTERN.\n";

static const char help_check[] =
    "Looks for contradictions in all tables, or only in:\n"
    "-a  audio files\n"
    "-m  moods\n"
    "-p  playlists\n";

static const char help_cpsi[] =
    "Copies what is known about the file SOURCE to matching files: all, or only\n"
    "-a  attributes\n"
    "-y  lyrics\n"
    "-i  image\n"
    "-l  when last played\n"
    "-n  how often played\n"
    "-v  say what is done\n";

static const char help_init[] =
    "Creates the tables named, or all. Needed once, before anything is added.\n";

static const char help_ls[] =
    "Lists the files that match a shell PATTERN, or all.\n"
    "-lM  form M: s short, l long, v verbose, p parser-friendly, m mailbox, c chunk table\n"
    "-p   whole paths, also for matching\n"
    "-a   only files that may be played now\n"
    "-r   reverse order\n"
    "-d   dates as seconds since 1970\n"
    "-sK  sort by K: p path, l last played, s score, n times played, f frequency,\n"
    "     c channels, i image, y lyrics, b bit rate, d duration, a audio format, h hash\n";

static const char help_ls_blob[] =
    "Lists the names that match a shell PATTERN, or all.\n"
    "-i  sort by number instead of name\n"
    "-l  show the numbers too\n"
    "-r  reverse order\n";

static const char help_mv_blob[] =
    "Gives the entry SOURCE the name DEST.\n";

static const char help_rm[] =
    "Forgets matching files; the files themselves stay.\n"
    "-v  say what is done\n"
    "-f  no match is no error\n"
    "-p  * and ? do not match a slash\n";

static const char help_rm_blob[] =
    "Removes every entry whose name matches a shell PATTERN.\n";

static const char help_select[] =
    "Chooses the files to play: those of a mood or a playlist, or with a dot all.\n";

static const char help_setatt[] =
    "Sets (+) or clears (-) attributes of the files that match PATTERN.\n";

static const char help_touch[] =
    "Changes what is known about matching files. With none of -n to -a they count as\n"
    "played once more, just now.\n"
    "-n=NUM   how often played\n"
    "-l=TIME  when last played, seconds since 1970\n"
    "-y=ID    number of the lyrics\n"
    "-i=ID    number of the image\n"
    "-a=AMP   amplification\n"
    "-v       say what is done\n"
    "-p       * and ? do not match a slash\n";

static const sw_command afs_commands[] = {
    { "add", AFS_BOTH, 0, "add [-a] [-l] [-f] [-v] PATH...", "add audio files", help_add },
    { "addatt", AFS_BOTH, 0, "addatt ATTRIBUTE...", "define attributes", help_addatt },
    { "addimg", AFS_BOTH, 1, "addimg NAME", "upload an image", help_add_blob },
    { "addlyr", AFS_BOTH, 1, "addlyr NAME", "upload lyrics", help_add_blob },
    { "addmood", AFS_BOTH, 1, "addmood NAME", "upload a mood", help_add_blob },
    { "addpl", AFS_BOTH, 1, "addpl NAME", "upload a playlist", help_add_blob },
    { "catimg", SW_AFS_READ, 0, "catimg PATTERN...", "write out images", help_cat_blob },
    { "catlyr", SW_AFS_READ, 0, "catlyr PATTERN...", "write out lyrics", help_cat_blob },
    { "catmood", SW_AFS_READ, 0, "catmood PATTERN...", "write out moods", help_cat_blob },
    { "catpl", SW_AFS_READ, 0, "catpl PATTERN...", "write out playlists", help_cat_blob },
    { "check", SW_AFS_READ, 0, "check [-a] [-m] [-p]", "check the tables", help_check },
    { "cpsi", AFS_BOTH, 0, "cpsi [-a] [-y] [-i] [-l] [-n] [-v] SOURCE PATTERN...",
      "copy what is known about a file", help_cpsi },
    { "init", AFS_BOTH, 0, "init [TABLE...]", "create the tables", help_init },
    { "ls", SW_AFS_READ, 0,
      "ls [-l{s|l|v|p|m|c}] [-p] [-a] [-r] [-d] [-s{p|l|s|n|f|c|i|y|b|d|a|h}] [PATTERN...]",
      "list audio files", help_ls },
    { "lsatt", SW_AFS_READ, 0, "lsatt [-i] [-l] [-r] [PATTERN...]", "list attributes",
      help_ls_blob },
    { "lsimg", SW_AFS_READ, 0, "lsimg [-i] [-l] [-r] [PATTERN...]", "list images",
      help_ls_blob },
    { "lslyr", SW_AFS_READ, 0, "lslyr [-i] [-l] [-r] [PATTERN...]", "list lyrics",
      help_ls_blob },
    { "lsmood", SW_AFS_READ, 0, "lsmood [-i] [-l] [-r] [PATTERN...]", "list moods",
      help_ls_blob },
    { "lspl", SW_AFS_READ, 0, "lspl [-i] [-l] [-r] [PATTERN...]", "list playlists",
      help_ls_blob },
    { "mvatt", AFS_BOTH, 0, "mvatt SOURCE DEST", "rename an attribute", help_mv_blob },
    { "mvimg", AFS_BOTH, 0, "mvimg SOURCE DEST", "rename an image", help_mv_blob },
    { "mvlyr", AFS_BOTH, 0, "mvlyr SOURCE DEST", "rename lyrics", help_mv_blob },
    { "mvmood", AFS_BOTH, 0, "mvmood SOURCE DEST", "rename a mood", help_mv_blob },
    { "mvpl", AFS_BOTH, 0, "mvpl SOURCE DEST", "rename a playlist", help_mv_blob },
    { "rm", AFS_BOTH, 0, "rm [-v] [-f] [-p] PATTERN...", "forget audio files", help_rm },
    { "rmatt", AFS_BOTH, 0, "rmatt PATTERN...", "remove attributes", help_rm_blob },
    { "rmimg", AFS_BOTH, 0, "rmimg PATTERN...", "remove images", help_rm_blob },
    { "rmlyr", AFS_BOTH, 0, "rmlyr PATTERN...", "remove lyrics", help_rm_blob },
    { "rmmood", AFS_BOTH, 0, "rmmood PATTERN...", "remove moods", help_rm_blob },
    { "rmpl", AFS_BOTH, 0, "rmpl PATTERN...", "remove playlists", help_rm_blob },
    { "select", AFS_BOTH, 0, "select m/MOOD|p/PLAYLIST|.", "choose what is played",
      help_select },
    { "setatt", AFS_BOTH, 0, "setatt ATT{+|-}... PATTERN", "set or clear attributes",
      help_setatt },
    { "touch", AFS_BOTH, 0,
      "touch [-n=NUM] [-l=TIME] [-y=ID] [-i=ID] [-a=AMP] [-v] [-p] PATTERN",
      "change what is known about files", help_touch },
};

const sw_command_table sw_afs_commands = { "afs", afs_commands, COUNT(afs_commands) };
