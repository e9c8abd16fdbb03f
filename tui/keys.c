/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/keys.h"

#include <curses.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	int key;
} names[] = {
	{"Enter", '\r'},
	{"Enter", '\n'},
	{"Enter", KEYS_SPECIAL + KEY_ENTER},
	{"Esc", 0x1B},
	{"Tab", '\t'},
	{"Space", ' '},
	{"Backspace", 0x7F},
	{"Backspace", '\b'},
	{"Backspace", KEYS_SPECIAL + KEY_BACKSPACE},
	{"BackTab", KEYS_SPECIAL + KEY_BTAB},
	{"Up", KEYS_SPECIAL + KEY_UP},
	{"Down", KEYS_SPECIAL + KEY_DOWN},
	{"Left", KEYS_SPECIAL + KEY_LEFT},
	{"Right", KEYS_SPECIAL + KEY_RIGHT},
	{"PgUp", KEYS_SPECIAL + KEY_PPAGE},
	{"PgDn", KEYS_SPECIAL + KEY_NPAGE},
	{"Home", KEYS_SPECIAL + KEY_HOME},
	{"End", KEYS_SPECIAL + KEY_END},
	{"Delete", KEYS_SPECIAL + KEY_DC},
	{"Resize", KEYS_SPECIAL + KEY_RESIZE},
};

/* Keys that terminals send in several ways count as one. */
static int canonical(int key)
{
	const char *name = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (names[i].key == key)
			name = names[i].name;
	for (size_t i = 0; name && i < G_N_ELEMENTS(names); i++)
		if (strcmp(names[i].name, name) == 0)
			return names[i].key;
	return key;
}

static bool same(const char *name, const char *given, size_t len)
{
	return strlen(name) == len && g_ascii_strncasecmp(name, given, len) == 0;
}

int key_from_name(const char *name, size_t len)
{
	gunichar c;

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (same(names[i].name, name, len))
			return names[i].key;
	if (len == 2 && name[0] == '^' && name[1] >= '@' && name[1] <= '_')
		return canonical(name[1] ^ 0x40);
	if (len >= 2 && len <= 3 && name[0] == 'F' && strspn(name + 1, "0123456789") >= len - 1)
		return atoi(name + 1) < 64 ? KEYS_SPECIAL + KEY_F(atoi(name + 1)) : 0;
	c = g_utf8_get_char_validated(name, (gssize)len);
	if (c == (gunichar)-1 || c == (gunichar)-2 || g_utf8_next_char(name) != name + len)
		return 0;
	return (int)c;
}

const char *key_name(int key)
{
	static char text[16];

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (names[i].key == key)
			return names[i].name;
	if (key > 0 && key < 0x20)
		g_snprintf(text, sizeof(text), "^%c", key ^ 0x40);
	else if (key >= KEYS_SPECIAL + KEY_F0 && key <= KEYS_SPECIAL + KEY_F(63))
		g_snprintf(text, sizeof(text), "F%d", key - KEYS_SPECIAL - KEY_F0);
	else if (key >= KEYS_SPECIAL)
		g_snprintf(text, sizeof(text), "key %d", key - KEYS_SPECIAL);
	else
		text[g_unichar_to_utf8((gunichar)key, text)] = '\0';
	return text;
}

static bool bound(const char *keys, int key)
{
	for (const char *p = keys; *p;) {
		size_t len = strcspn(p, " ");

		if (len && key_from_name(p, len) == key)
			return true;
		p += len;
		p += strspn(p, " ");
	}
	return false;
}

const struct binding *binding_find(const struct binding *table, int key)
{
	for (; table && table->name; table++)
		if (bound(table->keys, canonical(key)))
			return table;
	return NULL;
}
