/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/report/identities_internal.h"

#include "rules/domain.h"
#include "tui/report/view.h"

/* Shorter local parts and names stand in any text. */
#define WORD_MIN 5
/* Of what is looked at in decoded bytes: what is encoded again may be longer, but no shorter. */
#define LONGEST_SHORTEST 8

static void list_free(gpointer list)
{
	g_ptr_array_unref(list);
}

struct identities *identities_new(void)
{
	struct identities *identities = g_new0(struct identities, 1);

	identities->shortest = LONGEST_SHORTEST;
	identities->squashed = needles_new();
	identities->literals = needles_new();
	identities->digests = needles_new();
	identities->domains = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, list_free);
	identities->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	identities->clean = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return identities;
}

void identities_free(struct identities *identities)
{
	if (!identities)
		return;
	needles_free(identities->squashed);
	needles_free(identities->literals);
	needles_free(identities->digests);
	g_hash_table_unref(identities->domains);
	g_hash_table_unref(identities->seen);
	g_hash_table_unref(identities->clean);
	g_free(identities);
}

static void add_squashed(struct identities *identities, struct needle *needle)
{
	identities->shortest = MIN(identities->shortest, MAX(needle->len, NEEDLE_MIN));
	needles_add(identities->squashed, needle);
}

/* False where it was there before; else what was clean may not be any more. */
static bool is_new(struct identities *identities, const char *kind, const char *text)
{
	g_hash_table_remove_all(identities->clean);
	return g_hash_table_add(identities->seen, g_strdup_printf("%s %s", kind, text));
}

/* ---- digests ---- */

static void add_digests_of(struct identities *identities, const char *text)
{
	static const GChecksumType types[] = {G_CHECKSUM_MD5, G_CHECKSUM_SHA1, G_CHECKSUM_SHA256,
		G_CHECKSUM_SHA384, G_CHECKSUM_SHA512};

	for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
		GChecksum *sum = g_checksum_new(types[i]);
		guint8 digest[64];
		gsize len = sizeof(digest);

		g_checksum_update(sum, (const guchar *)text, -1);
		g_checksum_get_digest(sum, digest, &len);
		g_checksum_free(sum);
		needles_add(
			identities->digests, needle_new(NEEDLE_DIGEST, (const char *)digest, len));
	}
}

/* As trackers and their scripts make them: of lower case, as it was written, of upper case, with
 * the end of a line. */
static void add_digests(struct identities *identities, const char *text)
{
	g_autofree char *lower = g_ascii_strdown(text, -1);
	g_autofree char *upper = g_ascii_strup(text, -1);
	g_autofree char *line = g_strconcat(lower, "\n", NULL);
	g_autofree char *mailto = g_strconcat("mailto:", lower, NULL);
	const char *forms[] = {text, lower, upper, line, mailto};

	for (size_t i = 0; i < G_N_ELEMENTS(forms); i++)
		if (is_new(identities, "digest", forms[i]))
			add_digests_of(identities, forms[i]);
}

/* ---- domains ---- */

static void add_domain_needle(
	struct identities *identities, const char *squashed, GPtrArray *locals, bool secret)
{
	struct needle *needle;

	if (!is_new(identities, secret ? "secret" : "domain", squashed))
		return;
	needle = needle_new(NEEDLE_DOMAIN, squashed, strlen(squashed));
	needle->locals = g_ptr_array_ref(locals);
	needle->secret = secret;
	add_squashed(identities, needle);
}

/* `example dot org`; the caller frees it with g_free(). */
static char *with_dots_spoken(const char *text)
{
	g_auto(GStrv) labels = g_strsplit(text, ".", -1);

	return g_strjoinv("dot", labels);
}

static void add_spellings(
	struct identities *identities, const char *domain, GPtrArray *locals, bool secret)
{
	g_autofree char *dotted = with_dots_spoken(domain);
	g_autofree char *plain = view_squash(domain);
	g_autofree char *spoken = view_squash(dotted);

	add_domain_needle(identities, plain, locals, secret);
	add_domain_needle(identities, spoken, locals, secret);
}

static char *trimmed_domain(struct span domain)
{
	while (domain.len && strchr(".> \t]", domain.ptr[domain.len - 1]))
		domain.len--;
	while (domain.len && strchr(".[ \t", *domain.ptr))
		domain.ptr++, domain.len--;
	return g_ascii_strdown(domain.ptr, (gssize)domain.len);
}

/* The local parts of a domain, under the one name that it has in Punycode. */
static GPtrArray *locals_of(struct identities *identities, const char *ascii)
{
	GPtrArray *locals = g_hash_table_lookup(identities->domains, ascii);

	if (!locals) {
		locals = g_ptr_array_new_with_free_func(g_free);
		g_hash_table_insert(identities->domains, g_strdup(ascii), locals);
	}
	return locals;
}

/* Internationalised, in both of its forms. */
static GPtrArray *add_domain(struct identities *identities, const char *domain, bool secret)
{
	g_autofree char *converted = domain_to_ascii(span_from(domain));
	const char *ascii = converted ? converted : domain;
	g_autofree char *unicode = domain_to_unicode(span_from(ascii));
	GPtrArray *locals = locals_of(identities, ascii);

	add_spellings(identities, domain, locals, secret);
	add_spellings(identities, ascii, locals, secret);
	add_spellings(identities, unicode, locals, secret);
	return locals;
}

bool identities_add_domain(struct identities *identities, const char *domain)
{
	g_autofree char *trimmed = trimmed_domain(span_from(domain));
	g_autofree char *squashed = view_squash(trimmed);

	if (strlen(squashed) < NEEDLE_MIN)
		return false;
	add_domain(identities, trimmed, true);
	return true;
}

/* ---- words ---- */

/* Local parts that many have, and words of mail itself: alone they tell nothing of anybody. */
static bool is_common(const char *word)
{
	static const char *const words[] = {"abuse", "account", "accounting", "accounts", "admin",
		"administrator", "billing", "campaign", "client", "click", "contact", "customer",
		"customerservice", "email", "enquiries", "enquiry", "example", "finance",
		"feedback", "friend", "hello", "helpdesk", "hostmaster", "http", "https", "image",
		"info", "information", "invoice", "invoices", "jobs", "mailbox", "mailer",
		"mailerdaemon", "manager", "marketing", "member", "message", "newsletter",
		"newsletters", "noreply", "notification", "notifications", "office", "orders",
		"payment", "payments", "postmaster", "privacy", "purchasing", "recipient",
		"recipients", "redacted", "report", "reports", "reception", "sales", "secretary",
		"security", "sender", "service", "services", "shipping", "subject", "subscribe",
		"subscriber", "support", "undisclosed", "undisclosedrecipients", "unsubscribe",
		"update", "updates", "valued", "webmaster", "welcome"};

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

bool identities_add_word(struct identities *identities, const char *word, bool secret)
{
	g_autofree char *squashed = view_squash(word);
	struct needle *needle;

	if (strlen(squashed) < (secret ? NEEDLE_MIN : WORD_MIN) || (!secret && is_common(squashed)))
		return false;
	if (!is_new(identities, secret ? "secret word" : "word", squashed))
		return true;
	add_digests(identities, word);
	needle = needle_new(NEEDLE_WORD, squashed, strlen(squashed));
	needle->secret = secret;
	add_squashed(identities, needle);
	return true;
}

void identities_add_literal(
	struct identities *identities, struct span bytes, size_t mark, size_t mark_len)
{
	struct needle *needle;
	g_autofree char *text = g_strndup(bytes.ptr, bytes.len);

	if (!mark_len || !is_new(identities, "literal", text))
		return;
	needle = needle_new(NEEDLE_LITERAL, bytes.ptr, bytes.len);
	needle->mark = mark;
	needle->mark_len = mark_len;
	needles_add(identities->literals, needle);
}

/* ---- addresses ---- */

static void put_local(
	struct identities *identities, GPtrArray *locals, const char *domain, const char *squashed)
{
	g_autofree char *squashed_domain = view_squash(domain);
	g_autofree char *joined = g_strconcat(squashed, squashed_domain, NULL);

	/* A local part of nothing but signs cannot be told from any: all addresses go. */
	if (!*squashed)
		identities_add_domain(identities, domain);
	else if (strlen(squashed_domain) < NEEDLE_MIN)
		needles_add(
			identities->squashed, needle_new(NEEDLE_JOINED, joined, strlen(joined)));
	else
		g_ptr_array_add(locals, g_strdup(squashed));
}

/* `jane.doe`, also as `jane dot doe`. */
static void add_local(
	struct identities *identities, GPtrArray *locals, const char *domain, const char *local)
{
	g_autofree char *plain = view_squash(local);
	g_autofree char *dotted = with_dots_spoken(local);
	g_autofree char *spoken = view_squash(dotted);

	put_local(identities, locals, domain, plain);
	if (strcmp(plain, spoken) != 0)
		put_local(identities, locals, domain, spoken);
}

static void add_parts(
	struct identities *identities, const char *given, const char *local, const char *domain)
{
	const char *plus = strchr(local, '+');
	g_autofree char *base =
		plus && plus > local ? g_strndup(local, (size_t)(plus - local)) : g_strdup(local);
	g_autofree char *address = g_strdup_printf("%s@%s", local, domain);
	g_autofree char *base_address = g_strdup_printf("%s@%s", base, domain);

	if (!is_new(identities, "address", address))
		return;
	GPtrArray *locals = add_domain(identities, domain, false);
	add_local(identities, locals, domain, local);
	if (strcmp(base, local) != 0)
		add_local(identities, locals, domain, base);
	add_digests(identities, given);
	add_digests(identities, address);
	add_digests(identities, base_address);
}

static void add_guesses(struct identities *identities, const char *local)
{
	g_autofree char *base = g_strndup(local, strcspn(local, "+"));

	identities_add_word(identities, local, false);
	identities_add_word(identities, base, false);
}

/* With its domain in Punycode it is the same address, of which others make other digests. */
bool identities_add_address(struct identities *identities, struct span address, bool guess)
{
	const char *at = address.len ? memrchr(address.ptr, '@', address.len) : NULL;
	size_t local_len = at ? (size_t)(at - address.ptr) : 0;

	if (!local_len)
		return false;
	g_autofree char *local = g_strndup(address.ptr, local_len);
	g_autofree char *domain =
		trimmed_domain((struct span){at + 1, address.len - local_len - 1});
	g_autofree char *given = g_strdup_printf("%s@%s", local, domain);
	g_autofree char *ascii = domain_to_ascii(span_from(domain));
	g_autofree char *unicode = domain_to_unicode(span_from(ascii ? ascii : domain));
	if (!*domain)
		return false;
	g_autofree char *counted = g_strdup_printf("%s@%s", local, unicode);
	identities->addresses += is_new(identities, "count", counted);
	add_parts(identities, given, local, domain);
	if (ascii)
		add_parts(identities, given, local, ascii);
	add_parts(identities, given, local, unicode);
	if (guess)
		add_guesses(identities, local);
	return true;
}

unsigned identities_count(const struct identities *identities)
{
	return identities->addresses;
}
