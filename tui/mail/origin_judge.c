/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The decision table of docs/off-network.md.
 */
#include "tui/mail/origin.h"

#include "rules/domain.h"
#include "rules/pattern.h"

#define NO_HEADER G_MAXUINT

struct judge {
	const struct origin *origin;
	const struct esp *esp;
	struct origin_verdict *verdict;
	const char *proof;    /* that the provider's network sent it, or NULL */
	bool foreign_host;    /* the host is none of those that the provider is known to have */
	bool without_headers; /* none of those that all mail of the provider has is there */
	bool unsigned_mail;   /* the border found no DKIM signature */
	bool signed_mail;
	bool spf_passed, spf_refused; /* by the border */
	bool claimed;                 /* a result that is not believed is the provider's */
	bool relayed;                 /* an ARC set has a result that is the provider's */
	bool broken_arc;              /* the border says that the ARC sets are not worth anything */
};

static const char *const networks[] = {"unknown", "on-network", "off-network"};
static const char *const weights[] = {"neutral", "for", "against"};

const char *origin_network_name(enum origin_network network)
{
	return networks[network];
}

const char *origin_weight_name(enum origin_weight weight)
{
	return weights[weight];
}

static void evidence_free(gpointer data)
{
	struct origin_evidence *evidence = data;

	g_free(evidence->what);
	g_free(evidence->value);
	g_free(evidence->note);
	g_free(evidence);
}

void origin_verdict_free(struct origin_verdict *verdict)
{
	if (!verdict)
		return;
	g_free(verdict->reason);
	g_ptr_array_unref(verdict->evidence);
	g_free(verdict);
}

G_GNUC_PRINTF(6, 7)
static void add(struct judge *judge, enum origin_weight weight, const char *what, const char *value,
	guint header, const char *note, ...)
{
	struct origin_evidence *evidence = g_new0(struct origin_evidence, 1);
	va_list args;

	va_start(args, note);
	evidence->weight = weight;
	evidence->what = g_strdup(what);
	evidence->value = g_strdup(value ? value : "");
	evidence->note = g_strdup_vprintf(note, args);
	evidence->header = header;
	g_ptr_array_add(judge->verdict->evidence, evidence);
	va_end(args);
}

static void prove(struct judge *judge, const char *proof)
{
	if (!judge->proof)
		judge->proof = proof;
}

/* The suffix of the list that the domain ends in, or NULL. */
static const char *find_suffix(const GPtrArray *suffixes, const char *domain)
{
	g_autofree char *lower = domain ? g_ascii_strdown(domain, -1) : NULL;

	for (guint i = 0; lower && i < suffixes->len; i++)
		if (domain_has_suffix(span_from(lower), span_from(suffixes->pdata[i])))
			return suffixes->pdata[i];
	return NULL;
}

/* ---- the host ---- */

static const char *find_network(const struct esp *esp, const struct ip *ip)
{
	for (guint i = 0; i < esp->networks->len; i++) {
		struct ip_network network;

		if (ip_network_parse(span_from(esp->networks->pdata[i]), &network) &&
			ip_network_holds(&network, ip))
			return esp->networks->pdata[i];
	}
	return NULL;
}

static void judge_ip(struct judge *judge)
{
	const struct received *received = judge->origin->received;
	const struct esp *esp = judge->esp;
	const char *network = find_network(esp, &received->ip);
	g_autofree char *ip = ip_format(&received->ip);
	guint header = judge->origin->header;

	if (network) {
		add(judge, ORIGIN_FOR, "sending IP", ip, header, "in %s of %s", network, esp->name);
		prove(judge, "its network holds the sending IP");
	} else if (esp->networks->len && !esp->rdns->len) {
		add(judge, ORIGIN_AGAINST, "sending IP", ip, header,
			"in none of the networks known of %s", esp->name);
		judge->foreign_host = true;
	} else {
		add(judge, ORIGIN_NEUTRAL, "sending IP", ip, header, "as %s recorded it",
			received->by);
	}
}

static void judge_name(struct judge *judge)
{
	const struct received *received = judge->origin->received;
	const char *name = received->name, *suffix = find_suffix(judge->esp->rdns, name);
	guint header = judge->origin->header;

	if (suffix && received->name_state == RECEIVED_NAME_VERIFIED) {
		add(judge, ORIGIN_FOR, "rDNS", name, header, "under %s of %s", suffix,
			judge->esp->name);
		prove(judge, "its domain holds the sending host");
	} else if (suffix) {
		add(judge, ORIGIN_NEUTRAL, "rDNS", name, header,
			"under %s of %s, but nobody checked that it leads back", suffix,
			judge->esp->name);
	} else if (!judge->esp->rdns->len) {
		if (name)
			add(judge, ORIGIN_NEUTRAL, "rDNS", name, header,
				"no host names are known of %s", judge->esp->name);
	} else {
		add(judge, ORIGIN_AGAINST, "rDNS", name, header,
			name ? "under none of the domains known of %s"
			     : "no name leads back to it, and every host of %s has one",
			judge->esp->name);
		judge->foreign_host = true;
	}
}

/* HELO is the client's word. It counts where the border recorded no better name, and only against:
 * whoever wants to can say the provider's name, but the provider has no reason not to. */
static void judge_helo(struct judge *judge)
{
	const struct received *received = judge->origin->received;
	bool recorded = received->name_state != RECEIVED_NAME_UNRECORDED;
	bool against = !recorded && judge->esp->rdns->len &&
		       !find_suffix(judge->esp->rdns, received->helo);
	guint header = judge->origin->header;

	if (!received->helo)
		return;
	if (against)
		add(judge, ORIGIN_AGAINST, "HELO", received->helo, header,
			"under none of the domains known of %s", judge->esp->name);
	else
		add(judge, ORIGIN_NEUTRAL, "HELO", received->helo, header,
			"a client says what it likes");
	judge->foreign_host |= against;
}

static void judge_host(struct judge *judge)
{
	if (!judge->origin->received)
		return;
	judge_ip(judge);
	if (judge->origin->received->name_state != RECEIVED_NAME_UNRECORDED)
		judge_name(judge);
	judge_helo(judge);
}

/* ---- authentication ---- */

static bool passed(const struct origin_auth *auth)
{
	return strcmp(auth->result, "pass") == 0;
}

/* SPF or DKIM passed for a domain of the provider. */
static bool is_of_provider(const struct judge *judge, const struct origin_auth *auth)
{
	if (!passed(auth) || auth->helo)
		return false;
	if (strcmp(auth->method, "spf") == 0)
		return find_suffix(judge->esp->return_path, auth->domain);
	return strcmp(auth->method, "dkim") == 0 && find_suffix(judge->esp->dkim, auth->domain);
}

/* Whether the method came to an end and said no. */
static bool refused(const struct origin_auth *auth)
{
	static const char *const results[] = {
		"fail", "softfail", "hardfail", "none", "neutral", "permerror"};

	for (size_t i = 0; i < G_N_ELEMENTS(results); i++)
		if (strcmp(auth->result, results[i]) == 0)
			return true;
	return false;
}

static const char *spf_note(const struct origin_auth *auth)
{
	if (passed(auth))
		return "a customer's domain, or anyone's";
	return refused(auth) ? "the envelope sender's domain does not allow the sending IP"
			     : "it could not be checked";
}

static void judge_spf(struct judge *judge, const struct origin_auth *auth)
{
	judge->spf_passed |= passed(auth);
	judge->spf_refused |= refused(auth);
	if (is_of_provider(judge, auth)) {
		add(judge, ORIGIN_FOR, "SPF pass", auth->domain, auth->header,
			"the provider allows the sending IP");
		prove(judge, "it allows the sending IP by SPF");
	} else if (auth->domain || !passed(auth)) {
		g_autofree char *what = g_strdup_printf("SPF %s", auth->result);

		add(judge, refused(auth) ? ORIGIN_AGAINST : ORIGIN_NEUTRAL, what, auth->domain,
			auth->header, "%s", spf_note(auth));
	}
}

static void judge_dkim(struct judge *judge, const struct origin_auth *auth)
{
	bool none = strcmp(auth->result, "none") == 0;
	g_autofree char *what =
		g_strdup_printf("DKIM %s%s", auth->result, auth->domain ? " d=" : "");

	judge->unsigned_mail |= none;
	judge->signed_mail |= !none;
	if (is_of_provider(judge, auth)) {
		add(judge, ORIGIN_FOR, what, auth->domain, auth->header,
			judge->foreign_host
				? "the provider signed it, whatever host handed it over: a "
				  "customer's own, a forwarder, or a replay"
				: "the provider signed it");
		prove(judge, "it signed the mail");
	} else if (none) {
		add(judge, ORIGIN_AGAINST, what, auth->domain, auth->header, "no signature");
	} else {
		add(judge, ORIGIN_NEUTRAL, what, auth->domain, auth->header,
			passed(auth) ? "a customer's domain, or anyone's"
				     : "copied from another mail, or altered on its way");
	}
}

static bool same_text(const char *a, const char *b)
{
	return g_strcmp0(a, b) == 0;
}

/* Some servers say everything twice. */
static bool said_before(const struct origin *origin, guint index)
{
	const struct origin_auth *auth = origin->auth->pdata[index];

	for (guint i = 0; i < index; i++) {
		const struct origin_auth *other = origin->auth->pdata[i];

		if (other->source == auth->source && same_text(other->method, auth->method) &&
			same_text(other->result, auth->result) &&
			(!auth->domain || same_text(other->domain, auth->domain)))
			return true;
	}
	return false;
}

static void judge_own(struct judge *judge, const struct origin_auth *auth)
{
	if (strcmp(auth->method, "spf") == 0) {
		judge_spf(judge, auth);
	} else if (strcmp(auth->method, "dkim") == 0) {
		judge_dkim(judge, auth);
	} else if (strcmp(auth->method, "dmarc") == 0) {
		g_autofree char *what = g_strdup_printf("DMARC %s", auth->result);

		add(judge, ORIGIN_NEUTRAL, what, auth->domain, auth->header,
			"of the domain in From");
	}
}

static void judge_foreign(struct judge *judge, const struct origin_auth *auth)
{
	bool arc = auth->source == ORIGIN_ARC;
	g_autofree char *what = g_strdup_printf("%s %s", auth->method, auth->result);

	if (!is_of_provider(judge, auth) || (arc && judge->broken_arc))
		return;
	judge->relayed |= arc;
	judge->claimed |= !arc;
	add(judge, ORIGIN_NEUTRAL, what, auth->domain, auth->header,
		arc ? "a host on the way says so (ARC)"
		    : "not believed: it stands below the border; put the authserv-id in "
		      "espial.authserv_id if your servers wrote it");
}

static bool arc_failed(const struct origin *origin)
{
	for (guint i = 0; i < origin->auth->len; i++) {
		const struct origin_auth *auth = origin->auth->pdata[i];

		if (auth->source == ORIGIN_OWN && strcmp(auth->method, "arc") == 0 && refused(auth))
			return true;
	}
	return false;
}

static void judge_auth(struct judge *judge)
{
	const GPtrArray *all = judge->origin->auth;

	judge->broken_arc = arc_failed(judge->origin);
	for (guint i = 0; i < all->len; i++) {
		const struct origin_auth *auth = all->pdata[i];

		if (said_before(judge->origin, i))
			continue;
		if (auth->source == ORIGIN_OWN)
			judge_own(judge, auth);
		else
			judge_foreign(judge, auth);
	}
}

/* ---- what anyone can write ---- */

static void judge_sender(struct judge *judge)
{
	const char *suffix = find_suffix(judge->esp->return_path, judge->origin->sender);

	if (suffix && !judge->spf_passed)
		add(judge, ORIGIN_NEUTRAL, "Return-Path", judge->origin->sender, NO_HEADER,
			"under %s of %s, but anyone can write that", suffix, judge->esp->name);
}

/* The index of the first header that is like this, or NO_HEADER. */
static guint find_header(const GPtrArray *headers, const struct esp_header *wanted)
{
	g_autofree char *why = NULL;
	struct pattern *pattern = wanted->pattern ? pattern_new(wanted->pattern, &why) : NULL;
	guint found = NO_HEADER;

	for (guint i = 0; i < headers->len && found == NO_HEADER; i++) {
		const struct message_header *header = headers->pdata[i];

		if (g_ascii_strcasecmp(header->name, wanted->name) == 0 &&
			(!pattern || pattern_match(pattern, span_from(header->value), NULL, NULL)))
			found = i;
	}
	pattern_free(pattern);
	return found;
}

static void judge_headers(struct judge *judge)
{
	const GPtrArray *wanted = judge->esp->headers;
	const GPtrArray *headers = message_headers(judge->origin->message);
	g_autoptr(GString) names = g_string_new(NULL);
	bool found = false;

	for (guint i = 0; i < wanted->len; i++) {
		const struct esp_header *header = wanted->pdata[i];
		guint index = find_header(headers, header);

		g_string_append_printf(names, "%s%s", i ? ", " : "", header->name);
		if (index == NO_HEADER)
			continue;
		found = true;
		g_autofree char *what = g_strdup_printf("header %s", header->name);
		add(judge, ORIGIN_NEUTRAL, what, "", index,
			"as in mail of %s, but anyone can write it", judge->esp->name);
	}
	if (found || !wanted->len)
		return;
	judge->without_headers = true;
	add(judge, ORIGIN_AGAINST, "no header", names->str, NO_HEADER, "mail of %s has them",
		judge->esp->name);
}

/* ---- the verdict ---- */

static void decide(struct judge *judge, enum origin_network network, const char *reason, ...)
	G_GNUC_PRINTF(3, 4);

static void decide(struct judge *judge, enum origin_network network, const char *reason, ...)
{
	va_list args;

	va_start(args, reason);
	judge->verdict->network = network;
	judge->verdict->reason = g_strdup_vprintf(reason, args);
	va_end(args);
}

static bool same_site(const char *a, const char *b)
{
	g_autofree char *lower = g_ascii_strdown(a, -1);
	struct span domain = domain_registrable(span_from(lower));

	return b && domain.ptr && domain_has_suffix(span_from(b), domain);
}

/* The host has the name of the domain that the mail says it is from, as a customer's dedicated
 * address has. */
static bool is_branded(const struct origin *origin)
{
	const struct received *received = origin->received;
	const char *name =
		received->name_state == RECEIVED_NAME_UNRECORDED ? received->helo : received->name;

	return name && (same_site(name, origin->sender) || same_site(name, origin->author));
}

/* Whatever a provider's customer has set up, the border finds a signature or an envelope sender
 * that allows the host. */
static bool is_unauthenticated(const struct judge *judge)
{
	return judge->unsigned_mail && !judge->signed_mail && judge->spf_refused &&
	       !judge->spf_passed;
}

/* The host is not one of the provider's: is that all, or does the mail itself contradict too? */
static void decide_foreign(struct judge *judge)
{
	const char *name = judge->esp->name;

	if (judge->without_headers)
		decide(judge, ORIGIN_OFF,
			"the sending host is none of %s, and the mail has not its headers", name);
	else if (is_unauthenticated(judge) && !is_branded(judge->origin))
		decide(judge, ORIGIN_OFF,
			"the sending host is none of %s, and the mail is neither signed nor sent "
			"by a host that its sender allows",
			name);
	else
		decide(judge, ORIGIN_UNKNOWN,
			"the sending host is none that is known of %s, but nothing else speaks "
			"against it",
			name);
}

static void decide_verdict(struct judge *judge)
{
	const struct origin *origin = judge->origin;
	const struct esp *esp = judge->esp;

	if (origin->bounce)
		decide(judge, ORIGIN_UNKNOWN, "%s", origin->bounce);
	else if (judge->proof)
		decide(judge, ORIGIN_ON, "%s: %s", esp->name, judge->proof);
	else if (!origin->received)
		decide(judge, ORIGIN_UNKNOWN, "%s", origin->unknown);
	else if (origin->doubt)
		decide(judge, ORIGIN_UNKNOWN, "%s", origin->doubt);
	else if (origin->forwarded)
		decide(judge, ORIGIN_UNKNOWN, "%s", origin->forwarded);
	else if (judge->relayed)
		decide(judge, ORIGIN_UNKNOWN, "a host on the way says that it was %s's (ARC)",
			esp->name);
	else if (judge->claimed)
		decide(judge, ORIGIN_UNKNOWN,
			"a result that is not believed says that it was %s's: set "
			"espial.authserv_id",
			esp->name);
	else if (!esp->rdns->len && !esp->networks->len)
		decide(judge, ORIGIN_UNKNOWN, "no sending hosts are known of %s", esp->name);
	else if (judge->foreign_host)
		decide_foreign(judge);
	else
		decide(judge, ORIGIN_UNKNOWN, "nothing proves that it was %s, nothing denies it",
			esp->name);
}

struct origin_verdict *origin_judge(const struct origin *origin, const struct esp *esp)
{
	struct judge judge = {
		.origin = origin, .esp = esp, .verdict = g_new0(struct origin_verdict, 1)};

	judge.verdict->evidence = g_ptr_array_new_with_free_func(evidence_free);
	if (esp->kind != ESP_ESP) {
		decide(&judge, ORIGIN_UNKNOWN, "%s is no sending network", esp->name);
		return judge.verdict;
	}
	judge_host(&judge);
	judge_auth(&judge);
	judge_sender(&judge);
	judge_headers(&judge);
	decide_verdict(&judge);
	return judge.verdict;
}
