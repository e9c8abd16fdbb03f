/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/received.h"

#include "tui/mail/lexer.h"

#include <gmime/gmime.h>

enum clause {
	CLAUSE_NONE,
	CLAUSE_FROM,
	CLAUSE_BY,
	CLAUSE_VIA,
	CLAUSE_WITH,
	CLAUSE_ID,
	CLAUSE_FOR,
	CLAUSE_COUNT,
};

/* Of a comment in the from clause; what is left is one word. */
#define CLIENT_MAX_WORDS 32

struct reader {
	struct received *received;
	enum clause clause;
	bool value_next; /* the clause's keyword was just read */
	bool seen[CLAUSE_COUNT];
	char *from; /* the word of the from clause */
	bool exim;
	bool helo_given; /* in a comment, so that the word of the from clause is DNS's name */
};

void received_free(struct received *received)
{
	if (!received)
		return;
	g_free(received->name);
	g_free(received->helo);
	g_free(received->by);
	g_free(received->with);
	g_free(received->id);
	g_free(received->recipient);
	g_free(received);
}

static void set(char **to, const char *text)
{
	if (!*to)
		*to = g_strdup(text);
}

static char *host_name(const char *text, size_t len)
{
	while (len && text[len - 1] == '.')
		len--;
	return g_ascii_strdown(text, (gssize)len);
}

/* ---- the comment with the address ---- */

static void set_ip(struct received *received, const struct ip *ip)
{
	if (received->has_ip && !ip_equal(&received->ip, ip))
		received->ambiguous = true;
	received->ip = *ip;
	received->has_ip = true;
}

/* `[192.0.2.1]:25`, `192.0.2.1`, and behind a user that identd named, `user@192.0.2.1`. */
static bool word_ip(const char *word, struct ip *ip)
{
	const char *at = strrchr(word, '@');

	return ip_parse(span_from(at ? at + 1 : word), ip);
}

static void set_name(struct received *received, const char *word)
{
	const char *at = strrchr(word, '@'), *name = at ? at + 1 : word;

	if (received->name_state != RECEIVED_NAME_UNRECORDED)
		return;
	received->name_state = RECEIVED_NAME_NONE;
	if (g_ascii_strcasecmp(name, "unknown") == 0)
		return;
	received->name_state = RECEIVED_NAME_VERIFIED;
	received->name = host_name(name, strlen(name));
}

static void set_helo(struct reader *reader, const char *word)
{
	set(&reader->received->helo, word);
	reader->helo_given = true;
}

static bool is_helo_keyword(const char *word)
{
	return g_ascii_strcasecmp(word, "HELO") == 0 || g_ascii_strcasecmp(word, "EHLO") == 0;
}

/* `name [ip]`, `[ip]:port helo=name ident=user`, `HELO name`, `ip`. */
static void read_client(struct reader *reader, const char *comment)
{
	struct received *received = reader->received;
	g_auto(GStrv) words = g_strsplit_set(comment, " \t", CLIENT_MAX_WORDS);
	const char *name = NULL;
	struct ip ip;
	bool found = false;

	for (char **word = words; *word; word++) {
		if (is_helo_keyword(*word) && word[1]) {
			set_helo(reader, *++word);
		} else if (g_ascii_strncasecmp(*word, "helo=", 5) == 0) {
			set_helo(reader, *word + 5);
		} else if (word_ip(*word, &ip)) {
			set_ip(received, &ip);
			found = true;
		} else if (!name && !found && **word && !strchr(*word, '=')) {
			name = *word;
		}
	}
	if (!found || !name)
		return;
	set_name(received, name);
	if (strstr(comment, "may be forged") && received->name)
		received->name_state = RECEIVED_NAME_UNVERIFIED;
}

/* ---- clauses ---- */

static enum clause keyword(const struct lexer *lexer)
{
	static const char *const keywords[CLAUSE_COUNT] = {
		"", "from", "by", "via", "with", "id", "for"};

	for (size_t i = 1; i < G_N_ELEMENTS(keywords); i++)
		if (lexer_is(lexer, keywords[i]))
			return (enum clause)i;
	return CLAUSE_NONE;
}

static void start_clause(struct reader *reader, enum clause clause)
{
	/* Some name two protocols, or an id for each. */
	if (reader->seen[clause] && (clause == CLAUSE_FROM || clause == CLAUSE_BY))
		reader->received->ambiguous = true;
	reader->seen[clause] = true;
	reader->clause = clause;
}

static void set_recipient(struct received *received, const char *word)
{
	size_t len = strlen(word);

	if (received->recipient)
		return;
	if (len > 1 && word[0] == '<' && word[len - 1] == '>')
		received->recipient = g_strndup(word + 1, len - 2);
	else
		received->recipient = g_strdup(word);
}

static void set_value(struct reader *reader, const char *word)
{
	struct received *received = reader->received;

	switch (reader->clause) {
	case CLAUSE_FROM:
		received->from = true;
		set(&reader->from, word);
		break;
	case CLAUSE_BY:
		if (!received->by)
			received->by = host_name(word, strlen(word));
		break;
	case CLAUSE_WITH:
		set(&received->with, word);
		break;
	case CLAUSE_ID:
		set(&received->id, word);
		break;
	case CLAUSE_FOR:
		set_recipient(received, word);
		break;
	default:
		break;
	}
}

static void read_word(struct reader *reader, const struct lexer *lexer)
{
	/* A client that says HELO by is a client named `by`. */
	enum clause clause = reader->value_next ? CLAUSE_NONE : keyword(lexer);

	if (clause)
		start_clause(reader, clause);
	else if (reader->value_next)
		set_value(reader, lexer->text->str);
	reader->value_next = clause != CLAUSE_NONE;
}

static void read_comment(struct reader *reader, const char *comment)
{
	if (reader->clause == CLAUSE_FROM)
		read_client(reader, comment);
	else if (g_str_has_prefix(comment, "Exim"))
		reader->exim = true;
	reader->value_next = false;
}

/* ---- what the word of the from clause is ---- */

/* The name that DNS has, where the server writes HELO elsewhere or, as Exim does, not at all when
 * it is the same. */
static void from_is_name(struct reader *reader)
{
	struct received *received = reader->received;

	set_name(received, reader->from);
	if (received->name && !reader->exim)
		received->name_state = RECEIVED_NAME_UNVERIFIED;
	if (!reader->helo_given)
		set(&received->helo, reader->from);
}

static void settle_from(struct reader *reader)
{
	struct received *received = reader->received;
	/* These write HELO in a comment, or leave it out where it is the name. */
	bool is_seen = reader->exim || reader->helo_given;
	struct ip ip;

	if (!reader->from)
		return;
	if (is_seen && !received->has_ip && word_ip(reader->from, &ip))
		set_ip(received, &ip);
	else if (is_seen && received->has_ip && !word_ip(reader->from, &ip) &&
		 received->name_state == RECEIVED_NAME_UNRECORDED)
		from_is_name(reader);
	else if (!reader->helo_given)
		set(&received->helo, reader->from);
}

static gint64 read_date(struct span text)
{
	g_autofree char *copy = span_dup(text);
	GDateTime *date = g_mime_utils_header_decode_date(copy);
	gint64 seconds = date ? g_date_time_to_unix(date) : 0;

	if (date)
		g_date_time_unref(date);
	return seconds;
}

struct received *received_parse(const char *value)
{
	struct reader reader = {.received = g_new0(struct received, 1)};
	struct lexer lexer = lexer_on(value, ";");
	enum token token;

	while ((token = lexer_next(&lexer)) == TOKEN_WORD || token == TOKEN_COMMENT) {
		if (token == TOKEN_WORD)
			read_word(&reader, &lexer);
		else
			read_comment(&reader, lexer.text->str);
	}
	if (token == TOKEN_SPECIAL)
		reader.received->date = read_date(lexer_rest(&lexer));
	settle_from(&reader);
	g_free(reader.from);
	lexer_clear(&lexer);
	return reader.received;
}
