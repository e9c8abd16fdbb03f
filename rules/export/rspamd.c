/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files for rspamd: https://rspamd.com/doc/ (modules regexp, multimap, composites, phishing and
 * url_redirector).
 */
#include "rules/export/url_regex.h"
#include "rules/export/writer.h"
#include "rules/regex.h"

#define DIRECTORY "$LOCAL_CONFDIR"

struct rspamd {
	const struct export_input *input;
	struct export *export;
	struct symbols *symbols;
	GString *lua, *multimap, *composites;
	GPtrArray *rules; /* of const struct rule: those that have a regexp rule */
};

/* As Lua, UCL and JSON all read it; the text is one printable line. */
static void put_string(GString *out, const char *text)
{
	g_string_append_c(out, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			g_string_append_c(out, '\\');
		g_string_append_c(out, *text);
	}
	g_string_append_c(out, '"');
}

static void put_score(GString *out, const struct rspamd *rspamd, int which)
{
	char number[G_ASCII_DTOSTR_BUF_SIZE] = "0.0";

	if (which >= 0)
		g_ascii_formatd(number, sizeof(number), "%.3f", rspamd->input->scores[which]);
	g_string_append_printf(out, "score = %s", number);
}

/* ---- links ---- */

/* An entry of the regexp module; `expression` is what rspamd calls one. */
static void put_regexp(const struct rspamd *rspamd, const char *symbol, const char *expression,
	const char *description, int score)
{
	g_autofree char *line = export_line(description, 120);

	g_string_append_printf(rspamd->lua, "config['regexp']['%s'] = {\n  re = ", symbol);
	put_string(rspamd->lua, expression);
	g_string_append(rspamd->lua, ",\n  description = ");
	put_string(rspamd->lua, line);
	g_string_append(rspamd->lua, ",\n  ");
	put_score(rspamd->lua, rspamd, score);
	g_string_append(rspamd->lua, ", group = 'espial', one_shot = true,\n}\n");
}

/* Escapes that rspamd undoes in the attributes of HTML before it looks at a URL. */
static char *view(const char *href)
{
	GString *text = g_string_new(NULL);

	for (const char *p = href; *p; p++) {
		int high = *p == '%' ? g_ascii_xdigit_value(p[1]) : -1;
		int low = high >= 0 ? g_ascii_xdigit_value(p[2]) : -1;
		int byte = low >= 0 ? high * 16 + low : 0;

		if (byte && strchr("@:|?\\/", byte)) {
			g_string_append_c(text, (char)byte);
			p += 2;
		} else {
			g_string_append_c(text, *p);
		}
	}
	return g_string_free(text, FALSE);
}

static void put_link(const struct rspamd *rspamd, const struct rule *rule)
{
	const struct esp *esp = ruleset_find_esp(rspamd->input->ruleset, rule->esp);
	g_autofree char *why = NULL, *regex = url_regex(rule, &why);

	if (regex)
		why = export_prove(rule, regex, NULL);
	if (why) {
		export_leave_out(rspamd->export, rule->id, "no regexp rule: %s", why);
		return;
	}
	g_autofree char *decoded = export_prove(rule, regex, view);
	if (decoded)
		export_leave_out(rspamd->export, rule->id,
			"not found in HTML where rspamd undoes %%2F, %%3A, %%3F, %%40, %%5C or "
			"%%7C: %s",
			decoded);
	g_autofree char *expression = g_strdup_printf("espial_urls=/%s/$", regex);
	g_string_append_c(rspamd->lua, '\n');
	export_trace(rspamd->lua, "--", rspamd->input, rule->id);
	put_regexp(rspamd, symbols_get(rspamd->symbols, "ESPIAL_", rule->id), expression,
		rule->summary ? rule->summary : rule->id, esp ? (int)esp->kind : ESP_ESP);
	g_ptr_array_add(rspamd->rules, (gpointer)rule);
}

/* The URLs as they stand in the mail, those of images among them. */
static void put_selector(const struct rspamd *rspamd)
{
	g_string_append(rspamd->lua,
		"\nrspamd_config:register_re_selector('espial_urls',\n"
		"  \"specific_urls({limit = '1000', need_images = 'true'}):get_raw\", '\\n', "
		"false)\n");
}

/* ---- sending networks ---- */

static const char *part(const struct rspamd *rspamd, const char *what, const char *esp)
{
	g_autofree char *prefix = g_strdup_printf("ESPIAL_%s_", what);

	return symbols_get(rspamd->symbols, prefix, esp);
}

static void speaks_for(GString *own, const char *symbol)
{
	g_string_append_printf(own, "%s%s", own->len ? " | " : "", symbol);
}

/* A multimap whose map stands in the configuration; `settings` begins it. */
static void put_map(
	const struct rspamd *rspamd, const char *symbol, const char *settings, const GPtrArray *map)
{
	GString *out = rspamd->multimap;

	g_string_append_printf(out, "%s {\n  %s\n  map = [", symbol, settings);
	for (guint i = 0; i < map->len; i++) {
		g_string_append(out, i ? ", " : "");
		put_string(out, map->pdata[i]);
	}
	g_string_append(out, "];\n  ");
	put_score(out, rspamd, -1);
	g_string_append(out, "; group = \"espial\";\n}\n");
}

/* An expression that finds any of the suffixes between the other two. */
static GPtrArray *suffix_map(const char *before, const GPtrArray *hosts, const char *behind)
{
	GPtrArray *map = g_ptr_array_new_with_free_func(g_free);
	GString *regex = g_string_new("/");

	g_string_append_printf(regex, "%s(?:", before);
	for (guint i = 0; i < hosts->len; i++) {
		g_string_append(regex, i ? "|" : "");
		regex_literal_write(regex, span_from(hosts->pdata[i]));
	}
	g_string_append_printf(regex, ")%s/i", behind);
	g_ptr_array_add(map, g_string_free(regex, FALSE));
	return map;
}

static void put_suffixes(const struct rspamd *rspamd, const char *symbol, const char *settings,
	const GPtrArray *hosts, const char *behind)
{
	g_autoptr(GPtrArray) map = suffix_map("(?:^|\\.)", hosts, behind);

	put_map(rspamd, symbol, settings, map);
}

static bool is_header_name(const char *name)
{
	for (const char *p = name; *p; p++)
		if (!g_ascii_isalnum(*p) && *p != '-')
			return false;
	return *name;
}

static void put_header(const struct rspamd *rspamd, const struct esp *esp,
	const struct esp_header *header, GString *own)
{
	g_autofree char *id = g_strdup_printf("%s_%s", esp->id, header->name);
	const char *symbol = part(rspamd, "HAS", id), *why = "it is no header's name";
	g_autofree char *regex = header->pattern ? regex_rewrite(header->pattern, &why) : NULL;
	g_autofree char *expression =
		regex ? g_strdup_printf("%s=/%s/{header}", header->name, regex)
		      : g_strdup_printf("header_exists(%s)", header->name);

	if (!is_header_name(header->name) || (header->pattern && !regex)) {
		export_leave_out(rspamd->export, esp->id, "no header %s: %s", header->name, why);
		return;
	}
	put_regexp(rspamd, symbol, expression, "Header of a provider", -1);
	speaks_for(own, symbol);
}

/* What speaks for the network of the provider. */
static void put_sending(const struct rspamd *rspamd, const struct esp *esp, GString *own)
{
	if (esp->networks->len) {
		put_map(rspamd, part(rspamd, "NET", esp->id), "type = \"ip\";", esp->networks);
		speaks_for(own, part(rspamd, "NET", esp->id));
	}
	if (esp->rdns->len) {
		put_suffixes(rspamd, part(rspamd, "RDNS", esp->id),
			"type = \"hostname\"; regexp = true;", esp->rdns, "\\.?$");
		speaks_for(own, part(rspamd, "RDNS", esp->id));
	}
	if (esp->dkim->len) {
		put_suffixes(rspamd, part(rspamd, "DKIM", esp->id),
			"type = \"symbol_options\"; target_symbol = \"R_DKIM_ALLOW\"; regexp = "
			"true;",
			esp->dkim, ":");
		speaks_for(own, part(rspamd, "DKIM", esp->id));
	}
	if (esp->return_path->len) {
		const char *symbol = part(rspamd, "FROM", esp->id);

		put_suffixes(rspamd, symbol,
			"type = \"from\"; extract_from = \"smtp\"; filter = \"email:domain\"; "
			"regexp = true;",
			esp->return_path, "$");
		g_string_append_printf(own, "%s(%s & R_SPF_ALLOW)", own->len ? " | " : "", symbol);
	}
	for (guint i = 0; i < esp->headers->len; i++)
		put_header(rspamd, esp, esp->headers->pdata[i], own);
}

static void put_any_link(const struct rspamd *rspamd, const struct esp *esp)
{
	const char *before = "";

	for (guint i = 0; i < rspamd->rules->len; i++) {
		const struct rule *rule = rspamd->rules->pdata[i];

		if (strcmp(rule->esp, esp->id) != 0)
			continue;
		g_string_append_printf(rspamd->composites, "%s%s", before,
			symbols_get(rspamd->symbols, "ESPIAL_", rule->id));
		before = " | ";
	}
}

static void put_off_network(const struct rspamd *rspamd, const struct esp *esp)
{
	const char *symbol = symbols_get(rspamd->symbols, "ESPIAL_OFF_", esp->id);
	g_autofree char *text = g_strdup_printf("Link of %s, sent from elsewhere", esp->name);
	g_autofree char *line = export_line(text, 120);
	g_autoptr(GString) own = g_string_new(NULL);
	GString *out = rspamd->composites;

	put_sending(rspamd, esp, own);
	g_string_append_printf(out, "%s {\n  expression = \"(", symbol);
	put_any_link(rspamd, esp);
	g_string_append_printf(out, ") & %s & !ESPIAL_PASSED_ON & !(%s)\";\n  description = ",
		esp->networks->len ? "ESPIAL_RELAY" : "ESPIAL_RELAY_NAMED", own->str);
	put_string(out, line);
	g_string_append(out, ";\n  ");
	put_score(out, rspamd, EXPORT_OFF_NETWORK);
	g_string_append(out, "; policy = \"leave\"; group = \"espial\";\n}\n");
}

/* As docs/off-network.md has it: who passes mail on sends links that are not his. */
static void put_common(const struct rspamd *rspamd)
{
	g_string_append(rspamd->lua, "\n-- Mail that was passed on, or is a bounce.\n");
	put_regexp(rspamd, "ESPIAL_PASSED_ON",
		"header_exists(List-Post) | header_exists(Resent-From) | "
		"header_exists(X-Forwarded-For) | header_exists(X-Forwarded-To) | "
		"Auto-Submitted=/^auto-replied/i{header} | "
		"Content-Type=/^multipart\\/report/i{header}",
		"Passed on by somebody, or a bounce", -1);
	g_string_append(rspamd->multimap,
		"ESPIAL_RELAY {\n  type = \"ip\"; map = [\"0.0.0.0/0\", \"::/0\"];\n  score = 0.0; "
		"group = \"espial\";\n}\n"
		"ESPIAL_RELAY_NAMED {\n  type = \"hostname\"; regexp = true; map = [\"/\\\\./\"];\n"
		"  score = 0.0; group = \"espial\";\n}\n");
}

static void put_all_off_network(const struct rspamd *rspamd)
{
	g_autoptr(GPtrArray) esps = export_esps(rspamd->input, rspamd->rules);
	bool common = false;

	for (guint i = 0; i < esps->len; i++) {
		const struct esp *esp = esps->pdata[i];

		if (esp->kind != ESP_ESP)
			continue;
		if (!esp->rdns->len && !esp->networks->len) {
			export_leave_out(rspamd->export, esp->id,
				"no composite for mail sent from elsewhere: neither sending.rdns "
				"nor "
				"sending.networks is known");
			continue;
		}
		if (!common)
			put_common(rspamd);
		common = true;
		put_off_network(rspamd, esp);
	}
}

/* ---- maps ---- */

static void put_landings(const struct rspamd *rspamd)
{
	const GPtrArray *landings = rspamd->input->evidence->landings;
	GString *map = export_file_add(rspamd->export, "espial-landings.map");
	const char *directory = rspamd->input->directory;

	export_head(map, "#", rspamd->input, "Domains that links led to");
	for (guint i = 0; i < landings->len; i++) {
		const struct evidence_item *item = landings->pdata[i];

		export_evidence(map, "#", rspamd->input, item);
		g_string_append_printf(map, "%s\n", item->name);
	}
	g_string_append_printf(rspamd->multimap,
		"ESPIAL_LANDING {\n  type = \"url\"; filter = \"tld\";\n  map = "
		"\"%s/espial-landings.map\";\n  description = \"Link to a domain that tracker "
		"links "
		"led to\";\n  ",
		directory ? directory : DIRECTORY);
	put_score(rspamd->multimap, rspamd, EXPORT_LANDING);
	g_string_append(rspamd->multimap, "; group = \"espial\";\n}\n");
}

static bool redirects(const struct rspamd *rspamd, const struct rule *rule)
{
	const struct esp *esp = ruleset_find_esp(rspamd->input->ruleset, rule->esp);

	return esp && (esp->kind == ESP_REDIRECTOR || esp->kind == ESP_SHORTENER);
}

/* The map knows hosts, one by one, and nothing of the rest of a URL. */
static void put_redirectors(const struct rspamd *rspamd, const GPtrArray *rules)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	GString *map = export_file_add(rspamd->export, "espial-redirectors.inc");

	export_head(map, "#", rspamd->input, "Hosts that redirect");
	for (guint i = 0; i < rules->len; i++) {
		const struct rule *rule = rules->pdata[i];

		if (!redirects(rspamd, rule))
			continue;
		if (!rule->hosts->len)
			export_leave_out(rspamd->export, rule->id,
				"not in the map of redirectors: it has no hosts");
		for (guint j = 0; j < rule->hosts->len; j++) {
			if (!g_hash_table_add(seen, rule->hosts->pdata[j]))
				continue;
			export_trace(map, "#", rspamd->input, rule->id);
			g_string_append_printf(map, "%s\n", (const char *)rule->hosts->pdata[j]);
		}
	}
	if (g_hash_table_size(seen))
		export_leave_out(rspamd->export, "espial-redirectors.inc",
			"paths and parameters are not looked at, nor hosts under these");
}

/* ---- the files ---- */

void export_rspamd(const struct export_input *input, struct export *export)
{
	g_autoptr(GPtrArray) rules = export_rules(input, export), linked = g_ptr_array_new();
	struct rspamd rspamd = {.input = input,
		.export = export,
		.symbols = symbols_new(),
		.lua = export_file_add(export, "espial.lua"),
		.multimap = export_file_add(export, "espial-multimap.conf"),
		.composites = export_file_add(export, "espial-composites.conf"),
		.rules = linked};

	/* Taken, whatever rules are called. */
	symbols_get(rspamd.symbols, "ESPIAL_", "landing");
	symbols_get(rspamd.symbols, "ESPIAL_", "relay");
	symbols_get(rspamd.symbols, "ESPIAL_", "relay-named");
	symbols_get(rspamd.symbols, "ESPIAL_", "passed-on");
	export_head(rspamd.lua, "--", input, "Rules for rspamd");
	export_head(rspamd.multimap, "#", input, "Maps for rspamd");
	export_head(rspamd.composites, "#", input, "Composites for rspamd");
	put_selector(&rspamd);
	for (guint i = 0; i < rules->len; i++)
		put_link(&rspamd, rules->pdata[i]);
	put_all_off_network(&rspamd);
	put_redirectors(&rspamd, rules);
	if (input->evidence)
		put_landings(&rspamd);
	export_tail(rspamd.lua, "--", export);
	symbols_free(rspamd.symbols);
}
