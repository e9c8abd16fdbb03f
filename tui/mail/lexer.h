/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tokens of a structured header field (RFC 5322 §3.2), read leniently: what is left open ends with
 * the field. Only so much of a field is read (LEXER_MAX_LENGTH); the time is linear.
 */
#ifndef ESPIAL_TUI_MAIL_LEXER_H
#define ESPIAL_TUI_MAIL_LEXER_H

#include "rules/span.h"

#define LEXER_MAX_LENGTH ((size_t)16 << 10)

enum token {
	TOKEN_END,
	TOKEN_WORD,    /* quoted strings in it without their quotes */
	TOKEN_COMMENT, /* without its parentheses, those of comments in it kept */
	TOKEN_SPECIAL, /* one of the special characters */
};

struct lexer {
	const char *at, *end;
	const char *specials;
	GString *text; /* of the last token */
};

/* `field` must outlive the lexer; `specials` are the characters that end a word and stand for
 * themselves. Free it with lexer_clear(). */
struct lexer lexer_on(const char *field, const char *specials);
void lexer_clear(struct lexer *lexer);
/* The next token; its text is in lexer->text. */
enum token lexer_next(struct lexer *lexer);
/* What was not read yet. */
struct span lexer_rest(const struct lexer *lexer);
/* Whether the last token is this text, in any case. */
bool lexer_is(const struct lexer *lexer, const char *text);

#endif
