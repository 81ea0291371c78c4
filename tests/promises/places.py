# SPDX-License-Identifier: ISC
"""Documents name what is there: places.py SOURCE

- Section 14 of protocol.md says where each fact from memory lives. Every file in its table exists, and every name
  beside it is in one of the files of its row.
- Every name of the library in a document (sw_..., SW_...) is in a header.
- Every header and every file of share/doc that a man page names is there."""
import pathlib
import re
import sys

source = pathlib.Path(sys.argv[1])
problems = []


def text_of(path):
    return path.read_text(errors='replace')


def check_section_14():
    text = text_of(source / 'docs' / 'protocol.md')
    section = text[text.index('\n## 14.'):]
    rows = [line.split('|')[3] for line in section.splitlines() if line.startswith('| ') and line.count('|') == 4][1:]
    rows += re.findall(r'\(`[^)]*\)', section[section.rindex('|\n'):])  # the paragraph behind the table
    for row in rows:
        quoted = re.findall(r'`([^`]+)`', row)
        paths = [word for word in quoted if '/' in word]
        for path in paths:
            if not (source / path).is_file():
                problems.append(f'section 14: there is no {path}')
        files = [text_of(source / path) for path in paths if (source / path).is_file()]
        for name in (word for word in quoted if '/' not in word and re.fullmatch(r'[A-Za-z_]\w*\*?', word)):
            if paths and not any(re.search(r'\b' + name.rstrip('*'), file) for file in files):
                problems.append(f'section 14: {name} is not in {" or ".join(paths)}')
    return len(rows)


def check_names():
    headers = [text_of(path) for path in source.glob('include/**/*.h')]
    known = set(re.findall(r'\b(?:sw|SW)_\w+', '\n'.join(headers)))
    count = 0
    for path in list(source.glob('docs/*.md')) + [source / 'README.md', source / 'SECURITY.md', source / 'CONTRIBUTING.md']:
        for name in set(re.findall(r'\b(?:sw|SW)_\w+\*?', text_of(path))):
            count += 1
            begins = name.rstrip('*').endswith('_') or name.endswith('*')
            stem = name.rstrip('*')
            if not (any(n.startswith(stem) for n in known) if begins else name in known):
                problems.append(f'{path.name}: there is no {name}')
    return count


def check_manuals():
    count = 0
    for page in source.glob('docs/man/*'):
        text = text_of(page)
        places = [source / 'include' / name for line in re.findall(r'^\.(?:It )?In (.*)', text, re.MULTILINE)
                  for name in re.findall(r'[\w/]+\.h', line)]
        for name in re.findall(r'share/doc/sidewire/([\w./-]+)', text):
            places.append(source / name if (source / name).exists() else source / 'docs' / name)
        count += len(places)
        problems.extend(f'{page.name}: there is no {place}' for place in places if not place.exists())
    return count


rows, names, files = check_section_14(), check_names(), check_manuals()
print(f'{rows} places of section 14, {names} names, {files} files in man pages')
if rows < 30 or names < 50 or files < 10:
    problems.append('too few were found to believe it')
if problems:
    sys.exit('\n'.join(problems))
