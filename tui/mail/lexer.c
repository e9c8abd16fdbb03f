/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/lexer.h"

struct lexer lexer_on(const char *field, const char *specials)
{
	return (struct lexer){
		.at = field,
		.end = field + strnlen(field, LEXER_MAX_LENGTH),
		.specials = specials,
		.text = g_string_new(NULL),
	};
}

void lexer_clear(struct lexer *lexer)
{
	g_string_free(lexer->text, TRUE);
}

/* Takes one character that may be escaped. */
static void take(struct lexer *lexer)
{
	if (*lexer->at == '\\' && lexer->at + 1 < lexer->end)
		lexer->at++;
	g_string_append_c(lexer->text, *lexer->at++);
}

static void take_comment(struct lexer *lexer)
{
	unsigned depth = 1;

	for (lexer->at++; lexer->at < lexer->end; take(lexer)) {
		if (*lexer->at == '(')
			depth++;
		else if (*lexer->at == ')' && --depth == 0)
			break;
	}
	if (lexer->at < lexer->end)
		lexer->at++;
}

static void take_quoted(struct lexer *lexer)
{
	for (lexer->at++; lexer->at < lexer->end && *lexer->at != '"';)
		take(lexer);
	if (lexer->at < lexer->end)
		lexer->at++;
}

static bool ends_word(const struct lexer *lexer)
{
	return lexer->at == lexer->end || g_ascii_isspace(*lexer->at) || *lexer->at == '(' ||
	       strchr(lexer->specials, *lexer->at);
}

enum token lexer_next(struct lexer *lexer)
{
	g_string_truncate(lexer->text, 0);
	while (lexer->at < lexer->end && g_ascii_isspace(*lexer->at))
		lexer->at++;
	if (lexer->at == lexer->end)
		return TOKEN_END;
	if (*lexer->at == '(') {
		take_comment(lexer);
		return TOKEN_COMMENT;
	}
	if (strchr(lexer->specials, *lexer->at)) {
		g_string_append_c(lexer->text, *lexer->at++);
		return TOKEN_SPECIAL;
	}
	while (!ends_word(lexer)) {
		if (*lexer->at == '"')
			take_quoted(lexer);
		else
			g_string_append_c(lexer->text, *lexer->at++);
	}
	return TOKEN_WORD;
}

struct span lexer_rest(const struct lexer *lexer)
{
	return (struct span){lexer->at, (size_t)(lexer->end - lexer->at)};
}

bool lexer_is(const struct lexer *lexer, const char *text)
{
	return g_ascii_strcasecmp(lexer->text->str, text) == 0;
}
