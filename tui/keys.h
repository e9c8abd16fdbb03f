/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keys and what they do. A key is a Unicode code point, or KEYS_SPECIAL plus a curses key code; its
 * name is what help, the status line and scripts call it: `j`, `Enter`, `Esc`, `Space`, `PgDn`,
 * `^L`, `F5`.
 */
#ifndef ESPIAL_TUI_KEYS_H
#define ESPIAL_TUI_KEYS_H

#include <stdbool.h>
#include <stddef.h>

struct screen;

#define KEYS_SPECIAL 0x200000

/* One row of a table of keys, which ends in a row without a name. Help, the status line and the
 * keys themselves come from it. */
struct binding {
	const char *keys; /* names, separated by blanks */
	const char *name; /* a word or two, for the status line */
	const char *help; /* one line */
	bool in_status;   /* shown in the status line, as far as there is room */
	void (*act)(struct screen *screen);
};

/* The key of that name, or 0. */
int key_from_name(const char *name, size_t len);
/* The name of a key in a static buffer that the next call overwrites. */
const char *key_name(int key);
/* The row of the table that the key belongs to, or NULL; `table` may be NULL. */
const struct binding *binding_find(const struct binding *table, int key);

#endif
