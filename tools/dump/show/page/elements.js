/* SPDX-License-Identifier: ISC */
/* Parts of a page, made of text only. */

function element(name, className, ...children) {
    const made = document.createElement(name);
    if (className !== '')
        made.className = className;
    made.append(...children);
    return made;
}

function drawing(name, attributes) {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes))
        made.setAttribute(key, value);
    return made;
}

/* pressed: undefined if it does something once. */
function button(text, pressed, action) {
    const made = element('button', '', text);
    made.type = 'button';
    if (pressed !== undefined)
        made.setAttribute('aria-pressed', String(pressed));
    made.addEventListener('click', action);
    return made;
}

/* A list of many rows, which are made in blocks when they come near the window. rowHeight: what a
 * row is high before it is opened, pixels. makeRow(i) returns an element. */
class LongList {
    static BLOCK = 100;

    constructor(container, count, rowHeight, makeRow) {
        this.container = container;
        this.count = count;
        this.makeRow = makeRow;
        this.blocks = [];
        this.observer = new IntersectionObserver(entries => {
            for (const entry of entries)
                if (entry.isIntersecting)
                    this.fill(this.blocks.indexOf(entry.target));
        }, { rootMargin: '1000px' });
        for (let start = 0; start < count; start += LongList.BLOCK) {
            const block = element('div', 'block');
            block.style.minHeight = `${Math.min(LongList.BLOCK, count - start) * rowHeight}px`;
            this.blocks.push(block);
            this.observer.observe(block);
        }
        container.replaceChildren(...this.blocks);
        if (count > 0)
            this.fill(0);
    }

    fill(index) {
        const block = this.blocks[index];
        const start = index * LongList.BLOCK;
        const end = Math.min(start + LongList.BLOCK, this.count);
        if (block.firstChild !== null)
            return;
        this.observer.unobserve(block);
        for (let i = start; i < end; i++)
            block.append(this.makeRow(i));
        block.style.minHeight = '';
    }

    row(i) {
        const index = Math.floor(i / LongList.BLOCK);
        this.fill(index);
        return this.blocks[index].children[i - index * LongList.BLOCK];
    }

    /* A printer wants all of them. */
    fillAll() {
        this.blocks.forEach((block, index) => this.fill(index));
    }

    end() {
        this.observer.disconnect();
    }
}

/* Keys that go through a list; undefined: the key is not one of them. */
function nextIndex(key, index, count) {
    const steps = { ArrowUp: -1, ArrowDown: 1, PageUp: -10, PageDown: 10,
                    Home: -count, End: count };
    if (steps[key] === undefined)
        return undefined;
    return Math.min(Math.max(index + steps[key], 0), count - 1);
}
