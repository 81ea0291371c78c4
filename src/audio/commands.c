/* SPDX-License-Identifier: ISC */
/* The deployed server's commands [protocol, sections 9.1 and 9.3]: the one place that knows names,
 * permissions and usage. The descriptions and help texts are ours.
 *
 * From memory, unconfirmed [M]: every permission of the server's own commands; name, permissions
 * and usage of every command of the audio file selector but `add`, `addatt` and `check`; and what
 * the selector's options mean. */
#include <sidewire/audio/commands.h>

enum { AFS_BOTH = SW_AFS_READ | SW_AFS_WRITE, VSS_BOTH = SW_VSS_READ | SW_VSS_WRITE, ANY = SW_ARGUMENTS_ANY };

/* ---- the server's own commands ---- */

static const char help_help[] = "Lists all commands with handler and permissions, or explains one of them.\n";

static const char help_si[] =
    "Shows version, up time, process ids, counters, log level, audio formats and senders.\n";

static const char help_version[] = "Shows version, build date, system and compiler of the server.\n";

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

static const char help_play[] = "Starts or resumes playing, and takes back an earlier nomore.\n";

static const char help_stop[] = "Stops; a later play begins with the next file.\n";

static const char help_pause[] = "Interrupts playing; a later play resumes at the same place.\n";

static const char help_next[] = "Leaves the current file; if playing, goes on with the next one.\n";

static const char help_nomore[] = "Stops at the end of the current file. No effect when stopped.\n";

static const char help_ff[] =
    "Skips N seconds forward, with a minus behind backward. Beyond the end: next file;\n"
    "before the beginning: the beginning. Needs an open file.\n";

static const char help_jmp[] = "Goes on at N percent of the file; above 100 counts as 100. Needs an open file.\n";

static const char help_hup[] = "The server reads its configuration and user list again.\n";

static const char help_term[] = "Ends the server.\n";

/* ---- the audio file selector's commands ---- */

static const char help_add[] =
    "Adds files, and those below a PATH that is a directory. PATHs are absolute.\n"
    "-a  all files, not only those named like audio files\n"
    "-l  lazy: skip paths known already\n"
    "-f  force: read even unchanged files again\n"
    "-v  say what is done\n";

static const char help_addatt[] = "Defines new attributes, which setatt can then give to files.\n";

static const char help_add_blob[] = "Stores the client's standard input under NAME.\n";

static const char help_cat_blob[] = "Writes the contents of every entry whose name matches a shell PATTERN.\n";

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

static const char help_init[] = "Creates the tables named, or all. Needed once, before anything is added.\n";

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

static const char help_mv_blob[] = "Gives the entry SOURCE the name DEST.\n";

static const char help_rm[] =
    "Forgets matching files; the files themselves stay.\n"
    "-v  say what is done\n"
    "-f  no match is no error\n"
    "-p  * and ? do not match a slash\n";

static const char help_rm_blob[] = "Removes every entry whose name matches a shell PATTERN.\n";

static const char help_select[] = "Chooses the files to play: those of a mood or a playlist, or with a dot all.\n";

static const char help_setatt[] = "Sets (+) or clears (-) attributes of the files that match PATTERN.\n";

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

/* ---- the table: by sw_audio_command, so that an id is also the place ---- */

#define SERVER "server"
#define AFS "afs"

/* clang-format off */
static const sw_command commands[] = {
    { "help", SW_AUDIO_HELP, 0, 0, 1, 0, SERVER,
      "help [COMMAND]", "list commands, or explain one", help_help },
    { "si", SW_AUDIO_SI, 0, 0, 0, 0, SERVER,
      "si", "show server information", help_si },
    { "version", SW_AUDIO_VERSION, 0, 0, 0, 0, SERVER,
      "version", "show the server's version", help_version },
    { "stat", SW_AUDIO_STAT, SW_VSS_READ, 0, ANY, 0, SERVER,
      "stat [-n=NUM] [-p] [--]", "show what is playing", help_stat },
    { "sender", SW_AUDIO_SENDER, VSS_BOTH, 0, ANY, 0, SERVER,
      "sender [SENDER SUBCOMMAND [ARG]]", "control the senders", help_sender },
    { "play", SW_AUDIO_PLAY, VSS_BOTH, 0, 0, 0, SERVER,
      "play", "start or resume playing", help_play },
    { "stop", SW_AUDIO_STOP, VSS_BOTH, 0, 0, 0, SERVER,
      "stop", "stop playing", help_stop },
    { "pause", SW_AUDIO_PAUSE, VSS_BOTH, 0, 0, 0, SERVER,
      "pause", "interrupt playing", help_pause },
    { "next", SW_AUDIO_NEXT, VSS_BOTH, 0, 0, 0, SERVER,
      "next", "go on to the next file", help_next },
    { "nomore", SW_AUDIO_NOMORE, VSS_BOTH, 0, 0, 0, SERVER,
      "nomore", "stop after the current file", help_nomore },
    { "ff", SW_AUDIO_FF, VSS_BOTH, 1, 1, 0, SERVER,
      "ff N[-]", "skip some seconds", help_ff },
    { "jmp", SW_AUDIO_JMP, VSS_BOTH, 1, 1, 0, SERVER,
      "jmp N", "jump to a place in the file", help_jmp },
    { "hup", SW_AUDIO_HUP, SW_VSS_WRITE, 0, 0, 0, SERVER,
      "hup", "reload configuration and users", help_hup },
    { "term", SW_AUDIO_TERM, VSS_BOTH, 0, 0, 0, SERVER,
      "term", "end the server", help_term },
    { "add", SW_AUDIO_ADD, AFS_BOTH, 1, ANY, 0, AFS,
      "add [-a] [-l] [-f] [-v] PATH...", "add audio files", help_add },
    { "addatt", SW_AUDIO_ADDATT, AFS_BOTH, 1, ANY, 0, AFS,
      "addatt ATTRIBUTE...", "define attributes", help_addatt },
    { "addimg", SW_AUDIO_ADDIMG, AFS_BOTH, 1, 1, 1, AFS,
      "addimg NAME", "upload an image", help_add_blob },
    { "addlyr", SW_AUDIO_ADDLYR, AFS_BOTH, 1, 1, 1, AFS,
      "addlyr NAME", "upload lyrics", help_add_blob },
    { "addmood", SW_AUDIO_ADDMOOD, AFS_BOTH, 1, 1, 1, AFS,
      "addmood NAME", "upload a mood", help_add_blob },
    { "addpl", SW_AUDIO_ADDPL, AFS_BOTH, 1, 1, 1, AFS,
      "addpl NAME", "upload a playlist", help_add_blob },
    { "catimg", SW_AUDIO_CATIMG, SW_AFS_READ, 1, ANY, 0, AFS,
      "catimg PATTERN...", "write out images", help_cat_blob },
    { "catlyr", SW_AUDIO_CATLYR, SW_AFS_READ, 1, ANY, 0, AFS,
      "catlyr PATTERN...", "write out lyrics", help_cat_blob },
    { "catmood", SW_AUDIO_CATMOOD, SW_AFS_READ, 1, ANY, 0, AFS,
      "catmood PATTERN...", "write out moods", help_cat_blob },
    { "catpl", SW_AUDIO_CATPL, SW_AFS_READ, 1, ANY, 0, AFS,
      "catpl PATTERN...", "write out playlists", help_cat_blob },
    { "check", SW_AUDIO_CHECK, SW_AFS_READ, 0, ANY, 0, AFS,
      "check [-a] [-m] [-p]", "check the tables", help_check },
    { "cpsi", SW_AUDIO_CPSI, AFS_BOTH, 2, ANY, 0, AFS,
      "cpsi [-a] [-y] [-i] [-l] [-n] [-v] SOURCE PATTERN...",
      "copy what is known about a file", help_cpsi },
    { "init", SW_AUDIO_INIT, AFS_BOTH, 0, ANY, 0, AFS,
      "init [TABLE...]", "create the tables", help_init },
    { "ls", SW_AUDIO_LS, SW_AFS_READ, 0, ANY, 0, AFS,
      "ls [-l{s|l|v|p|m|c}] [-p] [-a] [-r] [-d] [-s{p|l|s|n|f|c|i|y|b|d|a|h}] [PATTERN...]",
      "list audio files", help_ls },
    { "lsatt", SW_AUDIO_LSATT, SW_AFS_READ, 0, ANY, 0, AFS,
      "lsatt [-i] [-l] [-r] [PATTERN...]", "list attributes", help_ls_blob },
    { "lsimg", SW_AUDIO_LSIMG, SW_AFS_READ, 0, ANY, 0, AFS,
      "lsimg [-i] [-l] [-r] [PATTERN...]", "list images", help_ls_blob },
    { "lslyr", SW_AUDIO_LSLYR, SW_AFS_READ, 0, ANY, 0, AFS,
      "lslyr [-i] [-l] [-r] [PATTERN...]", "list lyrics", help_ls_blob },
    { "lsmood", SW_AUDIO_LSMOOD, SW_AFS_READ, 0, ANY, 0, AFS,
      "lsmood [-i] [-l] [-r] [PATTERN...]", "list moods", help_ls_blob },
    { "lspl", SW_AUDIO_LSPL, SW_AFS_READ, 0, ANY, 0, AFS,
      "lspl [-i] [-l] [-r] [PATTERN...]", "list playlists", help_ls_blob },
    { "mvatt", SW_AUDIO_MVATT, AFS_BOTH, 2, 2, 0, AFS,
      "mvatt SOURCE DEST", "rename an attribute", help_mv_blob },
    { "mvimg", SW_AUDIO_MVIMG, AFS_BOTH, 2, 2, 0, AFS,
      "mvimg SOURCE DEST", "rename an image", help_mv_blob },
    { "mvlyr", SW_AUDIO_MVLYR, AFS_BOTH, 2, 2, 0, AFS,
      "mvlyr SOURCE DEST", "rename lyrics", help_mv_blob },
    { "mvmood", SW_AUDIO_MVMOOD, AFS_BOTH, 2, 2, 0, AFS,
      "mvmood SOURCE DEST", "rename a mood", help_mv_blob },
    { "mvpl", SW_AUDIO_MVPL, AFS_BOTH, 2, 2, 0, AFS,
      "mvpl SOURCE DEST", "rename a playlist", help_mv_blob },
    { "rm", SW_AUDIO_RM, AFS_BOTH, 1, ANY, 0, AFS,
      "rm [-v] [-f] [-p] PATTERN...", "forget audio files", help_rm },
    { "rmatt", SW_AUDIO_RMATT, AFS_BOTH, 1, ANY, 0, AFS,
      "rmatt PATTERN...", "remove attributes", help_rm_blob },
    { "rmimg", SW_AUDIO_RMIMG, AFS_BOTH, 1, ANY, 0, AFS,
      "rmimg PATTERN...", "remove images", help_rm_blob },
    { "rmlyr", SW_AUDIO_RMLYR, AFS_BOTH, 1, ANY, 0, AFS,
      "rmlyr PATTERN...", "remove lyrics", help_rm_blob },
    { "rmmood", SW_AUDIO_RMMOOD, AFS_BOTH, 1, ANY, 0, AFS,
      "rmmood PATTERN...", "remove moods", help_rm_blob },
    { "rmpl", SW_AUDIO_RMPL, AFS_BOTH, 1, ANY, 0, AFS,
      "rmpl PATTERN...", "remove playlists", help_rm_blob },
    { "select", SW_AUDIO_SELECT, AFS_BOTH, 1, 1, 0, AFS,
      "select m/MOOD|p/PLAYLIST|.", "choose what is played", help_select },
    { "setatt", SW_AUDIO_SETATT, AFS_BOTH, 2, ANY, 0, AFS,
      "setatt ATT{+|-}... PATTERN", "set or clear attributes", help_setatt },
    { "touch", SW_AUDIO_TOUCH, AFS_BOTH, 1, ANY, 0, AFS,
      "touch [-n=NUM] [-l=TIME] [-y=ID] [-i=ID] [-a=AMP] [-v] [-p] PATTERN",
      "change what is known about files", help_touch },
};
/* clang-format on */

const sw_command_table sw_audio_commands = { commands, sizeof(commands) / sizeof(commands[0]) };
