/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whom a message was sent to, and what of a URL identifies them.
 */
#include "rules/chain.h"
#include "rules/query.h"
#include "tui/mail/received.h"
#include "tui/report/identities_internal.h"

#include <gmime/gmime.h>

/* Shorter values of fields stand everywhere: they are known by what stands before them. */
#define SHORT_VALUE 6
#define SHORT_CONTEXT 24
#define LONG_CONTEXT 8
/* A value of a URL that is longer may identify anybody. */
#define TOKEN_MIN 16
/* A field with more addresses is a list of people who have nothing to do with each other: parts of
 * their names would be found everywhere. */
#define LIST_MIN 20

/* ---- settings ---- */

bool identities_add(struct identities *identities, const char *what)
{
	const char *at = strchr(what, '@');

	if (at && at[1] && at > what)
		return identities_add_address(identities, span_from(what), true);
	if (at == what)
		return identities_add_domain(identities, what + 1);
	if (at) {
		g_autofree char *local = g_strndup(what, (size_t)(at - what));

		return identities_add_word(identities, local, true);
	}
	return strchr(what, '.') ? identities_add_domain(identities, what)
				 : identities_add_word(identities, what, true);
}

char *identities_add_list(struct identities *identities, const char *list)
{
	g_auto(GStrv) words = g_strsplit_set(list ? list : "", "; ,\t\r\n", -1);
	char *bad = NULL;

	for (guint i = 0; words[i]; i++)
		if (*words[i] && !identities_add(identities, words[i]) && !bad)
			bad = g_strdup(words[i]);
	return bad;
}

/* ---- headers ---- */

static bool is_one_of(const char *name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (g_ascii_strcasecmp(name, list[i]) == 0)
			return true;
	return false;
}

/* Those that say whom to answer, or to complain to. */
static bool names_others(const char *name)
{
	static const char *const names[] = {"Reply-To", "In-Reply-To", "Mail-Reply-To",
		"Mail-Followup-To", "Errors-To", "Return-Receipt-To", "Disposition-Notification-To",
		"X-Confirm-Reading-To", "X-Bounce-To", "X-Report-Abuse-To", "X-Complaints-To",
		"X-Reply-To"};

	return is_one_of(name, names, G_N_ELEMENTS(names));
}

bool identities_in_header(const char *name)
{
	static const char *const names[] = {"To", "Cc", "Bcc", "Resent-Cc", "Resent-Bcc",
		"X-Failed-Recipients", "X-Forwarded-For"};
	static const char *const endings[] = {
		"-to", "-cc", "-rcpt", "rcptto", "-recipient", "-recipients"};
	g_autofree char *lower = g_ascii_strdown(name, -1);

	if (names_others(name))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(endings); i++)
		if (g_str_has_suffix(lower, endings[i]))
			return true;
	return is_one_of(name, names, G_N_ELEMENTS(names));
}

static bool is_address_byte(char c)
{
	return g_ascii_isalnum(c) || (guchar)c >= 0x80 || (c && strchr("!#$%&'*+-/=?^_`{|}~.", c));
}

/* Everything that looks like an address, however broken the field is. */
static void add_addresses(struct identities *identities, const char *value, bool guess)
{
	for (const char *at = value; (at = strchr(at, '@')); at++) {
		const char *from = at, *to = at + 1;

		while (from > value && is_address_byte(from[-1]))
			from--;
		while (is_address_byte(*to))
			to++;
		identities_add_address(identities, (struct span){from, (size_t)(to - from)}, guess);
	}
}

static void add_names(struct identities *identities, const char *value)
{
	InternetAddressList *list = internet_address_list_parse(NULL, value);
	int count = list ? internet_address_list_length(list) : 0;

	for (int i = 0; i < count; i++) {
		InternetAddress *address = internet_address_list_get_address(list, i);
		const char *name = internet_address_get_name(address);

		if (name && INTERNET_ADDRESS_IS_MAILBOX(address))
			identities_add_word(identities, name, false);
	}
	if (list)
		g_object_unref(list);
}

/* `for <…>`, also in fields that cannot be trusted otherwise. */
static void add_received(struct identities *identities, const char *value)
{
	struct received *received = received_parse(value);

	if (received->recipient)
		identities_add_address(identities, span_from(received->recipient), true);
	received_free(received);
	for (const char *at = value; (at = strcasestr(at, "for")); at += 3) {
		const char *word = at + 3 + strspn(at + 3, " \t<");
		size_t len = strcspn(word, " \t<>;()");

		if (word > at + 3 && (at == value || !g_ascii_isalnum(at[-1])))
			identities_add_address(identities, (struct span){word, len}, true);
	}
}

static bool is_list(const char *value)
{
	unsigned signs = 0;

	for (const char *at = value; (at = strchr(at, '@')); at++)
		signs++;
	return signs > LIST_MIN;
}

void identities_add_recipients(struct identities *identities, const struct message *message)
{
	const GPtrArray *headers = message_headers(message);

	for (guint i = 0; i < headers->len; i++) {
		const struct message_header *header = headers->pdata[i];

		if (g_ascii_strcasecmp(header->name, "Received") == 0)
			add_received(identities, header->value);
		if (!identities_in_header(header->name))
			continue;
		bool guess = !is_list(header->value);
		add_addresses(identities, header->value, guess);
		if (guess)
			add_names(identities, header->value);
	}
}

/* ---- URLs ---- */

static bool is_bounded(const char *text, const char *at, size_t len)
{
	return (at == text || !g_ascii_isalnum(at[-1])) && !g_ascii_isalnum(at[len]);
}

/* With what stands before it, so that no other value is taken for it. */
static void add_occurrence(
	struct identities *identities, const char *href, const char *at, size_t len)
{
	size_t before = (size_t)(at - href);
	size_t context = MIN(before, (size_t)(len < SHORT_VALUE ? SHORT_CONTEXT : LONG_CONTEXT));

	identities_add_literal(
		identities, (struct span){at - context, context + len}, context, len);
}

/* What is encrypted identifies nobody to anybody but the provider. */
static bool is_readable(const char *value)
{
	if (!g_utf8_validate(value, -1, NULL))
		return false;
	for (const char *c = value; *c; c = g_utf8_next_char(c))
		if (!g_unichar_isprint(g_utf8_get_char(c)))
			return false;
	return true;
}

/* Where it does not stand in the URL it was decoded, and is found when that is done again. */
static void add_value(struct identities *identities, const char *href, const char *value)
{
	size_t len = strlen(value);
	bool stands = false;

	for (const char *at = href; len && (at = strstr(at, value)); at++) {
		if (!is_bounded(href, at, len))
			continue;
		add_occurrence(identities, href, at, len);
		stands = true;
	}
	if (strchr(value, '@'))
		identities_add_address(identities, span_from(value), true);
	else if (!stands && len >= SHORT_VALUE)
		identities_add_literal(identities, span_from(value), 0, len);
}

/* Account and campaign are what a report is about. */
static bool is_subject(const struct match *match, struct span value)
{
	static const char *const names[] = {"account", "campaign"};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (match_field(match, names[i]) && span_equal(value, match_field(match, names[i])))
			return true;
	return false;
}

static void add_token(struct identities *identities, const struct match *match, struct span value)
{
	if (value.len >= TOKEN_MIN && !is_subject(match, value))
		identities_add_literal(identities, value, 0, value.len);
}

static void add_segments(struct identities *identities, const struct match *match, struct span path)
{
	while (path.len) {
		const char *slash = memchr(path.ptr, '/', path.len);
		size_t len = slash ? (size_t)(slash - path.ptr) : path.len;

		add_token(identities, match, (struct span){path.ptr, len});
		path.ptr += len + (slash != NULL);
		path.len -= len + (slash != NULL);
	}
}

static void add_tokens(
	struct identities *identities, const struct match *match, const struct url *url)
{
	struct query_iter iter;
	struct span name, value;

	add_segments(identities, match, url_path(url));
	add_token(identities, match, url_fragment(url));
	query_iter_init(&iter, url_query(url));
	while (query_iter_next(&iter, &name, &value)) {
		add_token(identities, match, name);
		add_token(identities, match, value);
	}
}

static void add_hop(struct identities *identities, const struct hop *hop, bool tokens)
{
	const char *recipient = match_field(hop->match, "recipient");
	struct url *url = tokens ? url_parse(hop->url, strlen(hop->url), NULL) : NULL;

	if (recipient && is_readable(recipient))
		add_value(identities, hop->url, recipient);
	if (url)
		add_tokens(identities, hop->match, url);
	url_free(url);
}

void identities_add_url(
	struct identities *identities, struct matcher *matcher, const struct url *url, bool tokens)
{
	struct chain *chain = chain_follow(matcher, url);

	for (guint i = 0; i < chain->hops->len; i++)
		add_hop(identities, chain->hops->pdata[i], tokens);
	chain_free(chain);
}
