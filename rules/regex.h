/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A PCRE2 pattern taken apart into tokens, as far as patterns of rules go: for what writes it anew
 * for another program, or judges it. What a single place matches is a set of bytes, whatever way it
 * is written, so that nothing of how a rule spells a pattern reaches another program's files.
 */
#ifndef ESPIAL_RULES_REGEX_H
#define ESPIAL_RULES_REGEX_H

#include "rules/span.h"

#include <stdint.h>

struct regex_set {
	uint64_t bits[4]; /* a bit for each byte */
};

enum regex_kind {
	REGEX_SET,   /* one byte of `set` */
	REGEX_START, /* ^ */
	REGEX_END,   /* $ */
	REGEX_EDGE,  /* \b */
	REGEX_NO_EDGE,
	REGEX_OPEN,
	REGEX_CLOSE,
	REGEX_OR,
	REGEX_REPEAT, /* of what is before it */
};

enum regex_group {
	REGEX_GROUP,
	REGEX_ATOMIC,
	REGEX_AHEAD,
	REGEX_NOT_AHEAD,
	REGEX_BEHIND,
	REGEX_NOT_BEHIND,
};

enum regex_greed { REGEX_GREEDY, REGEX_LAZY, REGEX_POSSESSIVE };

#define REGEX_MANY G_MAXUINT

struct regex_token {
	enum regex_kind kind;
	struct regex_set set;   /* upper and lower case both in it where the pattern says so */
	enum regex_group group; /* of OPEN */
	char name[33];          /* of OPEN: of a named group, else "" */
	unsigned min, max;      /* of REPEAT; REGEX_MANY: no end */
	enum regex_greed greed;
};

/* The tokens (of struct regex_token) of a pattern that compiles. NULL for what has no meaning
 * outside PCRE2 or outside its own pattern (back references, recursion, conditions, verbs, …), with
 * `why` set to a literal that names it. The caller frees it with g_array_unref(). */
GArray *regex_read(const char *pattern, const char **why);

/* ---- sets ---- */

static inline bool regex_set_has(const struct regex_set *set, unsigned char byte)
{
	return set->bits[byte >> 6] >> (byte & 63) & 1;
}

static inline void regex_set_add(struct regex_set *set, unsigned char byte)
{
	set->bits[byte >> 6] |= UINT64_C(1) << (byte & 63);
}

static inline void regex_set_remove(struct regex_set *set, unsigned char byte)
{
	set->bits[byte >> 6] &= ~(UINT64_C(1) << (byte & 63));
}

/* How many bytes are in it; `byte`, unless NULL, gets the first, 0 where there is none. */
unsigned regex_set_count(const struct regex_set *set, unsigned char *byte);

/* Appends the set as PCRE2 and Perl both read it: printable ASCII without blanks, `#`, `/` outside
 * an escape, or a quote. */
void regex_set_write(GString *out, const struct regex_set *set);
/* Appends a text, each byte of it as that byte, in the same way. */
void regex_literal_write(GString *out, struct span text);
/* Appends `{2,}`, `*?`, … */
void regex_repeat_write(GString *out, const struct regex_token *repeat);

/* A pattern written anew as PCRE2 and Perl both read it, from the same bytes as above. NULL as
 * regex_read(); the caller frees it with g_free(). */
char *regex_rewrite(const char *pattern, const char **why);

/* Appends the set as a POSIX extended regular expression; false where it is empty. Only bytes from
 * `!` to `~` are written: the others of the set are left out. */
bool regex_set_write_posix(GString *out, const struct regex_set *set);

#endif
