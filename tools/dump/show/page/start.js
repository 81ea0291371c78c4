/* SPDX-License-Identifier: ISC */
/* A page that has its records. */
function start() {
    readRecords();
    listen();
    showCapture();
}

document.addEventListener('DOMContentLoaded', start);
