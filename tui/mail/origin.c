/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/origin.h"

#include "rules/domain.h"
#include "tui/mail/authres.h"

/* Received fields of the analyst's own servers, at most. */
#define MAX_HOPS 64
/* Results that are kept of one mail. */
#define MAX_AUTH 128

struct origin_trust {
	GArray *networks; /* of struct ip_network */
	GPtrArray *hosts; /* of char *: suffixes, lower case */
	GPtrArray *ids;   /* as hosts */
};

/* ---- trust ---- */

static bool is_host_suffix(const char *word)
{
	return strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789.-_") == strlen(word) &&
	       g_ascii_isalnum(word[0]);
}

static void bad_word(char **bad, const char *word)
{
	if (bad && !*bad)
		*bad = g_strdup(word);
}

static void add_relay(struct origin_trust *trust, const char *word, char **bad)
{
	g_autofree char *host = g_ascii_strdown(word[0] == '.' ? word + 1 : word, -1);
	struct ip_network network;

	if (ip_network_parse(span_from(word), &network))
		g_array_append_val(trust->networks, network);
	else if (is_host_suffix(host))
		g_ptr_array_add(trust->hosts, g_steal_pointer(&host));
	else
		bad_word(bad, word);
}

static void add_id(struct origin_trust *trust, const char *word, char **bad)
{
	g_autofree char *id = g_ascii_strdown(word, -1);

	if (is_host_suffix(id))
		g_ptr_array_add(trust->ids, g_steal_pointer(&id));
	else
		bad_word(bad, word);
}

static void add_words(struct origin_trust *trust, const char *text,
	void (*add)(struct origin_trust *, const char *, char **), char **bad)
{
	g_auto(GStrv) words = g_strsplit_set(text ? text : "", ";, \t\r\n", -1);

	for (char **word = words; *word; word++)
		if (**word)
			add(trust, *word, bad);
}

struct origin_trust *origin_trust_new(const char *relays, const char *authserv_ids, char **bad)
{
	struct origin_trust *trust = g_new0(struct origin_trust, 1);

	trust->networks = g_array_new(FALSE, FALSE, sizeof(struct ip_network));
	trust->hosts = g_ptr_array_new_with_free_func(g_free);
	trust->ids = g_ptr_array_new_with_free_func(g_free);
	if (bad)
		*bad = NULL;
	add_words(trust, relays, add_relay, bad);
	add_words(trust, authserv_ids, add_id, bad);
	return trust;
}

void origin_trust_free(struct origin_trust *trust)
{
	if (!trust)
		return;
	g_array_unref(trust->networks);
	g_ptr_array_unref(trust->hosts);
	g_ptr_array_unref(trust->ids);
	g_free(trust);
}

static bool has_suffix_of(const char *host, const GPtrArray *suffixes)
{
	for (guint i = 0; host && i < suffixes->len; i++)
		if (domain_has_suffix(span_from(host), span_from(suffixes->pdata[i])))
			return true;
	return false;
}

static bool trusts_relay(const struct origin_trust *trust, const struct received *received)
{
	for (guint i = 0; trust && i < trust->networks->len; i++)
		if (ip_network_holds(
			    &g_array_index(trust->networks, struct ip_network, i), &received->ip))
			return true;
	return trust && received->name_state == RECEIVED_NAME_VERIFIED &&
	       has_suffix_of(received->name, trust->hosts);
}

static bool is_under(const char *host, const char *suffix)
{
	return host && domain_has_suffix(span_from(host), span_from(suffix));
}

/* Microsoft is the one large provider of mailboxes whose own hops have public addresses. It takes
 * mail from outside, its other customers' too, at mail.protection.outlook.com only. */
static bool is_within_microsoft(const struct received *received)
{
	static const char *const networks[] = {"2603:1096::/32", "2603:10a6::/32", "2603:10b6::/32",
		"2603:10c6::/32", "2603:10d6::/32", "2a01:111:f400::/46"};
	const char *by = received->by;
	struct ip_network network;

	if (!is_under(by, "prod.outlook.com") && !is_under(by, "outlook.office365.com") &&
		!is_under(by, "prod.exchangelabs.com"))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(networks); i++)
		if (ip_network_parse(span_from(networks[i]), &network) &&
			ip_network_holds(&network, &received->ip))
			return true;
	return false;
}

/* ---- the border ---- */

/* Protocols that take a mail from one's own mailbox, or to it. */
static bool is_own_protocol(const char *with)
{
	static const char *const names[] = {"LMTP", "POP3", "IMAP", "local"};

	for (size_t i = 0; with && i < G_N_ELEMENTS(names); i++)
		if (g_ascii_strncasecmp(with, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

/* Whether the mail was handed over within the analyst's own network, as a server of it says. */
static bool is_own_hop(const struct received *received, const struct origin_trust *trust)
{
	if (!received->from || is_own_protocol(received->with))
		return true;
	return received->has_ip && (!ip_is_public(&received->ip) || trusts_relay(trust, received) ||
					   is_within_microsoft(received));
}

static void set_border(struct origin *origin, struct received *received, guint header)
{
	if (received->ambiguous || !received->by)
		origin->unknown = "the border's Received field cannot be told from a forged one";
	else if (!received->has_ip)
		origin->unknown = "the border recorded no address";
	if (origin->unknown) {
		received_free(received);
		return;
	}
	origin->received = received;
	origin->header = header;
}

/* Goes down from the top, where the last server wrote. A field is only read because the one above
 * says that the host which wrote it is the analyst's. */
static void find_border(struct origin *origin, const struct origin_trust *trust)
{
	const GPtrArray *headers = message_headers(origin->message);
	unsigned hops = 0;

	for (guint i = 0; i < headers->len && hops < MAX_HOPS; i++) {
		const struct message_header *header = headers->pdata[i];
		struct received *received;

		if (g_ascii_strcasecmp(header->name, "Received") != 0)
			continue;
		hops++;
		received = received_parse(header->value);
		if (received->ambiguous || !is_own_hop(received, trust)) {
			set_border(origin, received, i);
			return;
		}
		received_free(received);
	}
	origin->unknown =
		hops ? "no Received field has a public address" : "there is no Received field";
}

/* ---- authentication ---- */

static void auth_free(gpointer data)
{
	struct origin_auth *auth = data;

	g_free(auth->method);
	g_free(auth->result);
	g_free(auth->domain);
	g_free(auth);
}

/* The first of the properties that has a domain. */
static char *domain_of(const struct authres_result *result, const char *first, const char *second)
{
	char *domain = authres_domain(result, first);

	return domain ? domain : authres_domain(result, second);
}

/* Received-SPF names HELO also where the envelope sender was checked. */
static bool checks_helo(const struct authres_result *result)
{
	const char *identity = authres_property(result, "identity");

	return identity ? g_ascii_strcasecmp(identity, "helo") == 0
			: authres_property(result, "smtp.helo") != NULL;
}

static void set_domain(struct origin_auth *auth, const struct authres_result *result)
{
	if (strcmp(auth->method, "dkim") == 0) {
		auth->domain = domain_of(result, "header.d", "header.i");
	} else if (strcmp(auth->method, "dmarc") == 0) {
		auth->domain = authres_domain(result, "header.from");
	} else if (strcmp(auth->method, "spf") == 0) {
		auth->domain = domain_of(result, "smtp.mailfrom", "envelope-from");
		auth->helo = !auth->domain && checks_helo(result);
		if (auth->helo)
			auth->domain = domain_of(result, "smtp.helo", "helo");
	}
}

static void add_auth(struct origin *origin, const struct authres_result *result,
	enum origin_source source, guint header)
{
	struct origin_auth *auth;

	if (origin->auth->len == MAX_AUTH)
		return;
	auth = g_new0(struct origin_auth, 1);
	auth->source = source;
	auth->method = g_strdup(result->method);
	auth->result = g_strdup(result->result);
	auth->header = header;
	set_domain(auth, result);
	g_ptr_array_add(origin->auth, auth);
}

/* What stands above the border's Received field was written behind it. Below, the sender can have
 * written anything: there, only a name that the analyst vouches for is believed, because a border
 * that goes by a name removes forgeries of it (RFC 8601 §5). */
static enum origin_source source_of(const struct origin *origin, const struct origin_trust *trust,
	const struct authres *authres, guint header)
{
	if (origin->received && header < origin->header)
		return ORIGIN_OWN;
	return trust && has_suffix_of(authres->id, trust->ids) ? ORIGIN_OWN : ORIGIN_CLAIMED;
}

/* The border's own check of SPF names the client: another one means that the mail had been taken in
 * before, the same one that it had not. */
static void compare_client(
	struct origin *origin, const struct authres_result *result, bool *confirmed)
{
	struct ip ip;

	if (!origin->received || !authres_client(result, &ip) || !ip_is_public(&ip))
		return;
	if (ip_equal(&ip, &origin->received->ip))
		*confirmed = true;
	else
		origin->doubt =
			"your own servers checked another host than the one that the border "
			"recorded";
}

static void read_results(struct origin *origin, const struct origin_trust *trust,
	const struct message_header *header, guint index, bool *confirmed)
{
	bool spf = g_ascii_strcasecmp(header->name, "Received-SPF") == 0;
	bool arc = g_ascii_strcasecmp(header->name, "ARC-Authentication-Results") == 0;
	struct authres *authres;
	enum origin_source source;

	if (!spf && !arc && g_ascii_strcasecmp(header->name, "Authentication-Results") != 0)
		return;
	authres = spf ? authres_parse_spf(header->value) : authres_parse(header->value);
	source = arc ? ORIGIN_ARC : source_of(origin, trust, authres, index);
	for (guint i = 0; i < authres->results->len; i++) {
		const struct authres_result *result = authres->results->pdata[i];

		add_auth(origin, result, source, index);
		if (source == ORIGIN_OWN)
			compare_client(origin, result, confirmed);
	}
	authres_free(authres);
}

/* Without configuration the first public address may be that of a server of the analyst's. */
static void doubt_neighbour(struct origin *origin, const struct origin_trust *trust)
{
	const struct received *received = origin->received;
	const char *name = received->name ? received->name : received->helo;
	bool configured = trust && (trust->networks->len || trust->hosts->len);
	struct span domain = domain_registrable(span_from(received->by));

	if (!name || configured || !domain.ptr)
		return;
	g_autofree char *lower = g_ascii_strdown(name, -1);
	if (domain_has_suffix(span_from(lower), domain))
		origin->doubt = "the host has the name of your own network: if it is yours, put it "
				"in espial.trusted_relays";
}

static void read_auth(struct origin *origin, const struct origin_trust *trust)
{
	const GPtrArray *headers = message_headers(origin->message);
	bool confirmed = false;

	for (guint i = 0; i < headers->len && origin->auth->len < MAX_AUTH; i++)
		read_results(origin, trust, headers->pdata[i], i, &confirmed);
	if (origin->received && !confirmed && !origin->doubt)
		doubt_neighbour(origin, trust);
}

/* ---- the envelope, bounces, forwarding ---- */

static const struct origin_auth *own_spf(const struct origin *origin)
{
	for (guint i = 0; i < origin->auth->len; i++) {
		const struct origin_auth *auth = origin->auth->pdata[i];

		if (auth->source == ORIGIN_OWN && strcmp(auth->method, "spf") == 0 && auth->domain)
			return auth;
	}
	return NULL;
}

/* The domain of the last address in a header field. */
static char *domain_in(const char *value)
{
	const char *at = value ? strrchr(value, '@') : NULL;
	size_t len = at ? strcspn(at + 1, "> \t;,\"()") : 0;

	while (len && at[len] == '.')
		len--;
	return len ? g_ascii_strdown(at + 1, (gssize)len) : NULL;
}

static void read_envelope(struct origin *origin)
{
	const struct origin_auth *spf = own_spf(origin);
	const char *path = message_header(origin->message, "Return-Path");
	const GPtrArray *parts = message_parts(origin->message);
	const char *type = parts->len ? ((const struct message_part *)parts->pdata[0])->type : "";
	const char *automatic = message_header(origin->message, "Auto-Submitted");

	origin->author = domain_in(message_header(origin->message, "From"));
	if (spf && !spf->helo)
		origin->sender = g_strdup(spf->domain);
	else if (!spf)
		origin->sender = domain_in(path);
	if (strcmp(type, "multipart/report") == 0)
		origin->bounce = "it is a delivery report";
	else if (automatic && g_ascii_strncasecmp(automatic, "auto-replied", 12) == 0)
		origin->bounce = "it is an automatic reply";
	else if (spf ? spf->helo : path && strstr(path, "<>"))
		origin->bounce = "the envelope sender is empty, as that of a bounce";
}

/* Envelope senders that forwarders rewrite: SRS, Exchange's form of it, Gmail's. */
static bool is_rewritten(const char *path)
{
	static const char *const starts[] = {"SRS0=", "SRS0+", "SRS0-", "SRS1=", "SRS1+", "SRS1-"};
	const char *local = path + strspn(path, "< \t");

	for (size_t i = 0; i < G_N_ELEMENTS(starts); i++)
		if (g_ascii_strncasecmp(local, starts[i], strlen(starts[i])) == 0)
			return true;
	return strstr(path, "+SRS=") || strstr(path, "+caf_=");
}

static void read_forwarding(struct origin *origin)
{
	static const struct {
		const char *name, *meaning;
	} marks[] = {
		{"X-BeenThere", "a mailing list sent it on (X-BeenThere)"},
		{"X-Mailman-Version", "a mailing list sent it on (X-Mailman-Version)"},
		{"Mailing-List", "a mailing list sent it on (Mailing-List)"},
		{"X-Google-Group-Id", "a mailing list sent it on (X-Google-Group-Id)"},
		{"List-Post", "a mailing list sent it on (List-Post)"},
		{"X-Forwarded-To", "it was forwarded (X-Forwarded-To)"},
		{"X-Forwarded-For", "it was forwarded (X-Forwarded-For)"},
		{"X-Forwarding-Service", "it was forwarded (X-Forwarding-Service)"},
		{"Resent-From", "it was forwarded (Resent-From)"},
		{"Resent-Sender", "it was forwarded (Resent-Sender)"},
	};
	const char *path = message_header(origin->message, "Return-Path");

	if (path && is_rewritten(path))
		origin->forwarded = "it was forwarded (the envelope sender is rewritten)";
	for (size_t i = 0; !origin->forwarded && i < G_N_ELEMENTS(marks); i++)
		if (message_header(origin->message, marks[i].name))
			origin->forwarded = marks[i].meaning;
}

/* ---- origins ---- */

struct origin *origin_new(const struct message *message, const struct origin_trust *trust)
{
	struct origin *origin = g_new0(struct origin, 1);

	origin->message = message;
	origin->auth = g_ptr_array_new_with_free_func(auth_free);
	find_border(origin, trust);
	read_auth(origin, trust);
	read_envelope(origin);
	read_forwarding(origin);
	return origin;
}

void origin_free(struct origin *origin)
{
	if (!origin)
		return;
	received_free(origin->received);
	g_free(origin->sender);
	g_free(origin->author);
	g_ptr_array_unref(origin->auth);
	g_free(origin);
}
