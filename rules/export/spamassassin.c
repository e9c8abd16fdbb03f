/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules for SpamAssassin:
 * https://spamassassin.apache.org/full/4.0.x/doc/Mail_SpamAssassin_Conf.html
 */
#include "rules/export/url_regex.h"
#include "rules/export/writer.h"
#include "rules/regex.h"

#define DIRECTORY "/etc/mail/spamassassin"
/* By convention; longer ones make the report ragged. */
#define MAX_DESCRIPTION 50

struct sa {
	const struct export_input *input;
	struct export *export;
	struct symbols *symbols;
	GString *out;
	GPtrArray *rules; /* of const struct rule: those that have a uri rule */
};

/* `#` starts a comment anywhere. */
static void describe(const struct sa *sa, const char *symbol, const char *text)
{
	g_autofree char *line = export_line(text, MAX_DESCRIPTION);
	g_auto(GStrv) parts = g_strsplit(line, "#", -1);
	g_autofree char *escaped = g_strjoinv("\\#", parts);

	g_string_append_printf(sa->out, "describe %s %s\n", symbol, escaped);
}

static void score(const struct sa *sa, const char *symbol, unsigned which)
{
	char number[G_ASCII_DTOSTR_BUF_SIZE];

	g_ascii_formatd(number, sizeof(number), "%.3f", sa->input->scores[which]);
	g_string_append_printf(sa->out, "score    %s %s\n", symbol, number);
}

/* ---- links ---- */

static void put_link(const struct sa *sa, const struct rule *rule)
{
	const struct esp *esp = ruleset_find_esp(sa->input->ruleset, rule->esp);
	const char *symbol = symbols_get(sa->symbols, "ESPIAL_", rule->id);
	g_autofree char *why = NULL, *regex = url_regex(rule, &why);

	if (regex)
		why = export_prove(rule, regex, NULL);
	if (why) {
		export_leave_out(sa->export, rule->id, "no uri rule: %s", why);
		return;
	}
	g_string_append_c(sa->out, '\n');
	export_trace(sa->out, "#", sa->input, rule->id);
	g_string_append_printf(sa->out, "uri      %s /%s/\n", symbol, regex);
	describe(sa, symbol, rule->summary ? rule->summary : rule->id);
	score(sa, symbol, esp ? esp->kind : ESP_ESP);
	g_ptr_array_add(sa->rules, (gpointer)rule);
}

/* ---- destinations ---- */

/* Escapes of visible characters undone: Mail::SpamAssassin::Util::url_encode(). */
static char *view(const char *href)
{
	GString *text = g_string_new(NULL);

	for (const char *p = href; *p; p++) {
		int high = *p == '%' ? g_ascii_xdigit_value(p[1]) : -1;
		int low = high >= 0 ? g_ascii_xdigit_value(p[2]) : -1;
		int byte = low >= 0 ? high * 16 + low : 0;

		if (byte > ' ' && byte < 0x7F) {
			g_string_append_c(text, (char)byte);
			p += 2;
		} else {
			g_string_append_c(text, *p);
		}
	}
	return g_string_free(text, FALSE);
}

/* Where the destination has its scheme, SpamAssassin finds it in any URL. */
static void put_redirector(const struct sa *sa, const struct rule *rule)
{
	g_autofree char *why = NULL, *regex = url_regex_destination(rule, &why);

	if (regex)
		why = export_prove_destination(rule, regex, view);
	if (why) {
		export_leave_out(sa->export, rule->id, "no redirector_pattern: %s", why);
		return;
	}
	export_trace(sa->out, "#", sa->input, rule->id);
	g_string_append_printf(sa->out, "redirector_pattern /%s/\n", regex);
}

static void put_redirectors(const struct sa *sa, const GPtrArray *rules)
{
	g_string_append(sa->out, "\n# Where links lead, for the rules that look at hosts.\n");
	for (guint i = 0; i < rules->len; i++) {
		const struct rule *rule = rules->pdata[i];

		if (rule->decode->len)
			put_redirector(sa, rule);
	}
}

/* ---- sending networks ---- */

/* What the first server of one's own wrote of the host that gave it the mail. */
#define RELAY "X-Spam-Relays-External =~ /^\\[ ip="

static const char *subrule(const struct sa *sa, const char *what, const char *esp)
{
	g_autofree char *prefix = g_strdup_printf("__ESPIAL_%s_", what);

	return symbols_get(sa->symbols, prefix, esp);
}

static void put_suffixes(GString *out, const GPtrArray *hosts)
{
	for (guint i = 0; i < hosts->len; i++) {
		g_string_append(out, i ? "|" : "");
		regex_literal_write(out, span_from(hosts->pdata[i]));
	}
}

/* Appends ` || SYMBOL` to what speaks for the provider's network. */
static void speaks_for(GString *own, const char *symbol)
{
	g_string_append_printf(own, "%s%s", own->len ? " || " : "", symbol);
}

static void put_networks(const struct sa *sa, const struct esp *esp, GString *own)
{
	g_autoptr(GString) regex = g_string_new(NULL);

	for (guint i = 0; i < esp->networks->len; i++) {
		g_autoptr(GString) one = g_string_new(NULL);

		if (!export_network_regex(one, esp->networks->pdata[i]))
			export_leave_out(sa->export, esp->id,
				"no network %s: only IPv4 can be said",
				(const char *)esp->networks->pdata[i]);
		else
			g_string_append_printf(regex, "%s%s", regex->len ? "|" : "", one->str);
	}
	if (!regex->len)
		return;
	const char *symbol = subrule(sa, "NET", esp->id);
	g_string_append_printf(sa->out, "header   %s " RELAY "(?:%s) /\n", symbol, regex->str);
	speaks_for(own, symbol);
}

static void put_rdns(const struct sa *sa, const struct esp *esp, GString *own)
{
	const char *symbol = subrule(sa, "RDNS", esp->id);

	if (!esp->rdns->len)
		return;
	g_string_append_printf(sa->out, "header   %s " RELAY "\\S+ rdns=(?:\\S+\\.)?(?:", symbol);
	put_suffixes(sa->out, esp->rdns);
	g_string_append(sa->out, ") /i\n");
	speaks_for(own, symbol);
}

static void put_dkim(const struct sa *sa, const struct esp *esp, GString *own)
{
	const char *symbol = subrule(sa, "DKIM", esp->id);

	if (!esp->dkim->len)
		return;
	g_string_append(sa->out, "ifplugin Mail::SpamAssassin::Plugin::DKIM\n");
	g_string_append_printf(sa->out, "  full   %s eval:check_dkim_valid(", symbol);
	for (guint i = 0; i < esp->dkim->len; i++)
		g_string_append_printf(
			sa->out, "%s'.%s'", i ? "," : "", (const char *)esp->dkim->pdata[i]);
	/* Not `tflags net`: without DNS, what depends on it would not be looked at either. */
	g_string_append(sa->out, ")\nendif\n");
	speaks_for(own, symbol);
}

static void put_spf(const struct sa *sa, const struct esp *esp, GString *own)
{
	const char *symbol = subrule(sa, "SPF", esp->id), *from = subrule(sa, "FROM", esp->id);

	if (!esp->return_path->len)
		return;
	g_string_append_printf(
		sa->out, "header   %s EnvelopeFrom:addr =~ /\\@(?:\\S+\\.)?(?:", from);
	put_suffixes(sa->out, esp->return_path);
	g_string_append_printf(
		sa->out, ")$/i\nmeta     %s (%s && __ESPIAL_SPF_PASS)\n", symbol, from);
	speaks_for(own, symbol);
}

static bool is_header_name(const char *name)
{
	for (const char *p = name; *p; p++)
		if (!g_ascii_isalnum(*p) && *p != '-')
			return false;
	return *name;
}

static void put_header(
	const struct sa *sa, const struct esp *esp, const struct esp_header *header, GString *own)
{
	g_autofree char *id = g_strdup_printf("%s_%s", esp->id, header->name);
	const char *symbol = subrule(sa, "HAS", id), *why = "it is no header's name";
	g_autofree char *regex = header->pattern ? regex_rewrite(header->pattern, &why) : NULL;

	if (!is_header_name(header->name) || (header->pattern && !regex)) {
		export_leave_out(sa->export, esp->id, "no header %s: %s", header->name, why);
		return;
	}
	if (regex)
		g_string_append_printf(
			sa->out, "header   %s %s =~ /%s/\n", symbol, header->name, regex);
	else
		g_string_append_printf(sa->out, "header   %s exists:%s\n", symbol, header->name);
	speaks_for(own, symbol);
}

static void put_any_link(const struct sa *sa, const struct esp *esp)
{
	const char *before = "";

	g_string_append_printf(sa->out, "meta     %s (", subrule(sa, "LINK", esp->id));
	for (guint i = 0; i < sa->rules->len; i++) {
		const struct rule *rule = sa->rules->pdata[i];

		if (strcmp(rule->esp, esp->id) != 0)
			continue;
		g_string_append_printf(
			sa->out, "%s%s", before, symbols_get(sa->symbols, "ESPIAL_", rule->id));
		before = " || ";
	}
	g_string_append(sa->out, ")\n");
}

/* Against the link speak the host, and that what all mail of the provider has is not there. */
static void put_off_network(const struct sa *sa, const struct esp *esp)
{
	const char *symbol = symbols_get(sa->symbols, "ESPIAL_OFF_", esp->id);
	g_autofree char *text = g_strdup_printf("Link of %s, sent from elsewhere", esp->name);
	g_autoptr(GString) own = g_string_new(NULL);

	g_string_append_printf(
		sa->out, "\n# Mail with links of %s that its network did not send.\n", esp->id);
	put_networks(sa, esp, own);
	bool networks = own->len > 0;
	put_rdns(sa, esp, own);
	put_dkim(sa, esp, own);
	put_spf(sa, esp, own);
	for (guint i = 0; i < esp->headers->len; i++)
		put_header(sa, esp, esp->headers->pdata[i], own);
	put_any_link(sa, esp);
	g_string_append_printf(sa->out, "meta     %s (%s && %s && !__ESPIAL_PASSED_ON && !(%s))\n",
		symbol, subrule(sa, "LINK", esp->id),
		networks ? "__ESPIAL_RELAY" : "__ESPIAL_RELAY_NAMED", own->str);
	describe(sa, symbol, text);
	score(sa, symbol, EXPORT_OFF_NETWORK);
}

/* Whether its network can be told by names or IPv4 addresses. */
static bool has_network(const struct esp *esp)
{
	g_autoptr(GString) ignored = g_string_new(NULL);

	for (guint i = 0; i < esp->networks->len; i++)
		if (export_network_regex(ignored, esp->networks->pdata[i]))
			return true;
	return esp->rdns->len > 0;
}

/* As docs/off-network.md has it: who passes mail on sends links that are not his. */
static void put_common(const struct sa *sa)
{
	g_string_append(sa->out,
		"\n# Who gave us the mail; mail that was passed on, or is a bounce.\n"
		"header   __ESPIAL_RELAY " RELAY "\\S/\n"
		"header   __ESPIAL_RELAY_NAMED " RELAY "\\S+ rdns=\\S/\n"
		"header   __ESPIAL_SRS EnvelopeFrom:addr =~ /^srs[01][-+=]/i\n"
		"header   __ESPIAL_BOUNCE Return-Path =~ /^<>/\n"
		"header   __ESPIAL_LIST exists:List-Post\n"
		"header   __ESPIAL_RESENT exists:Resent-From\n"
		"header   __ESPIAL_FORWARDED ALL =~ /^X-Forwarded-(?:For|To):/im\n"
		"header   __ESPIAL_AUTO Auto-Submitted =~ /^auto-replied/i\n"
		"header   __ESPIAL_REPORT Content-Type =~ /^multipart\\/report/i\n"
		"meta     __ESPIAL_PASSED_ON (__ESPIAL_SRS || __ESPIAL_BOUNCE || __ESPIAL_LIST || "
		"__ESPIAL_RESENT || "
		"__ESPIAL_FORWARDED || __ESPIAL_AUTO || __ESPIAL_REPORT)\n"
		"ifplugin Mail::SpamAssassin::Plugin::SPF\n"
		"  header __ESPIAL_SPF_PASS eval:check_for_spf_pass()\n"
		"endif\n");
}

static void put_all_off_network(const struct sa *sa)
{
	g_autoptr(GPtrArray) esps = export_esps(sa->input, sa->rules);
	bool common = false;

	for (guint i = 0; i < esps->len; i++) {
		const struct esp *esp = esps->pdata[i];

		if (esp->kind != ESP_ESP)
			continue;
		if (!has_network(esp)) {
			export_leave_out(sa->export, esp->id,
				"no rule for mail sent from elsewhere: neither sending.rdns nor "
				"an IPv4 network in sending.networks is known");
			continue;
		}
		if (!common)
			put_common(sa);
		common = true;
		put_off_network(sa, esp);
	}
}

/* ---- evidence ---- */

static void put_landings(const struct sa *sa)
{
	const GPtrArray *landings = sa->input->evidence->landings;

	if (!landings->len)
		return;
	g_string_append(sa->out, "\n# Domains that links led to.\n"
				 "ifplugin Mail::SpamAssassin::Plugin::WLBLEval\n");
	for (guint i = 0; i < landings->len; i++) {
		const struct evidence_item *item = landings->pdata[i];

		export_evidence(sa->out, "#", sa->input, item);
		g_string_append_printf(sa->out, "enlist_uri_host (ESPIAL) %s\n", item->name);
	}
	g_string_append(sa->out, "header   ESPIAL_LANDING eval:check_uri_host_listed('ESPIAL')\n");
	describe(sa, "ESPIAL_LANDING", "Link to a domain that tracker links led to");
	score(sa, "ESPIAL_LANDING", EXPORT_LANDING);
	g_string_append(sa->out, "endif\n");
}

/* Feeds of Mail::SpamAssassin::Plugin::Esp that compare the same accounts as links have. */
struct feed {
	const char *name, *setting, *check;
};

static const struct feed feeds[] = {
	{"sendgrid", "sendgrid_feed", "esp_sendgrid_check_id"},
	{"mailchimp", "mailchimp_feed", "esp_mailchimp_check"},
	{"klaviyo", "klaviyo_feed", "esp_klaviyo_check"},
};

static const struct {
	const char *esp, *feed, *prefix, *pattern;
} feed_sources[] = {
	{"sendgrid", "sendgrid", "", "^[0-9]{3,12}$"},
	{"mailchimp", "mailchimp", "", "^[0-9a-f]{25}$"},
	{"mandrill", "mailchimp", "md_", "^[0-9]{8}$"},
	{"klaviyo", "klaviyo", "", "^[A-Za-z0-9]{6}$"},
};

/* Appends the accounts of that provider that fit; returns how many. */
static unsigned put_accounts(
	const struct sa *sa, GString *out, const char *esp, const char *prefix, const char *pattern)
{
	const GPtrArray *accounts = sa->input->evidence->accounts;
	unsigned count = 0;

	for (guint i = 0; i < accounts->len; i++) {
		const struct evidence_item *item = accounts->pdata[i];

		if (strcmp(item->esp, esp) != 0)
			continue;
		if (!g_regex_match_simple(pattern, item->name, G_REGEX_DOLLAR_ENDONLY, 0)) {
			export_leave_out(sa->export, esp,
				"no account %s: the Esp plugin compares another form", item->name);
			continue;
		}
		export_evidence(out, "#", sa->input, item);
		g_string_append_printf(out, "%s%s\n", prefix, item->name);
		count++;
	}
	return count;
}

static void put_feed(const struct sa *sa, const struct feed *feed)
{
	g_autofree char *name = g_strdup_printf("espial-%s.txt", feed->name);
	const char *symbol = symbols_get(sa->symbols, "ESPIAL_ACCOUNT_", feed->name);
	g_autofree char *text = g_strdup_printf("Abused account of %s", feed->name);
	g_autoptr(GString) list = g_string_new(NULL);
	unsigned count = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(feed_sources); i++)
		if (strcmp(feed_sources[i].feed, feed->name) == 0)
			count += put_accounts(sa, list, feed_sources[i].esp, feed_sources[i].prefix,
				feed_sources[i].pattern);
	if (!count)
		return;
	GString *file = export_file_add(sa->export, name);
	export_head(file, "#", sa->input, "Accounts for the Esp plugin of SpamAssassin");
	g_string_append(file, list->str);
	g_string_append_printf(sa->out, "%s %s/%s\nheader   %s eval:%s()\n", feed->setting,
		sa->input->directory ? sa->input->directory : DIRECTORY, name, symbol, feed->check);
	describe(sa, symbol, text);
	score(sa, symbol, EXPORT_ACCOUNT);
}

static bool has_feed(const char *esp)
{
	for (size_t i = 0; i < G_N_ELEMENTS(feed_sources); i++)
		if (strcmp(feed_sources[i].esp, esp) == 0)
			return true;
	return false;
}

static void leave_out_accounts(const struct sa *sa)
{
	const GPtrArray *accounts = sa->input->evidence->accounts;
	const char *last = NULL;

	for (guint i = 0; i < accounts->len; i++) {
		const char *esp = ((const struct evidence_item *)accounts->pdata[i])->esp;

		if (g_strcmp0(esp, last) != 0 && !has_feed(esp))
			export_leave_out(sa->export, esp,
				"no accounts: no feed of the Esp plugin is known to compare them");
		last = esp;
	}
}

static void put_feeds(const struct sa *sa)
{
	g_string_append(sa->out, "\n# Accounts, for https://github.com/bigio/spamassassin-esp\n"
				 "ifplugin Mail::SpamAssassin::Plugin::Esp\n");
	for (size_t i = 0; i < G_N_ELEMENTS(feeds); i++)
		put_feed(sa, &feeds[i]);
	g_string_append(sa->out, "endif\n");
	leave_out_accounts(sa);
}

/* ---- the files ---- */

void export_spamassassin(const struct export_input *input, struct export *export)
{
	g_autoptr(GPtrArray) rules = export_rules(input, export), linked = g_ptr_array_new();
	struct sa sa = {input, export, symbols_new(), export_file_add(export, "espial.cf"), linked};

	/* Taken, whatever rules are called. */
	symbols_get(sa.symbols, "ESPIAL_", "landing");
	export_head(sa.out, "#", input, "Rules for SpamAssassin");
	for (guint i = 0; i < rules->len; i++)
		put_link(&sa, rules->pdata[i]);
	put_redirectors(&sa, rules);
	put_all_off_network(&sa);
	if (input->evidence) {
		put_landings(&sa);
		put_feeds(&sa);
	}
	export_tail(sa.out, "#", export);
	symbols_free(sa.symbols);
}
