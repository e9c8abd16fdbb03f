/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/export/export.h"

#include "rules/export/writer.h"
#include "rules/repo.h"

const struct export_target export_targets[] = {
	{"spamassassin", "uri rules, redirector_pattern, feeds of the Esp plugin", false,
		export_spamassassin},
	{"rspamd", "regexp rules, multimaps, composites, redirectors map", false, export_rspamd},
	{"sieve", "a Sieve script that flags mail by provider", false, export_sieve},
	{"rpz", "a DNS response policy zone of landing domains", true, export_rpz},
	{"hosts", "landing domains, one a line", true, export_hosts},
	{"json", "everything, as JSON", false, export_json},
	{0},
};

/* A provider's link says little; a spammer's own says much. */
const double export_default_scores[EXPORT_SCORES] = {
	[ESP_ESP] = 0.001,
	[ESP_MAILER] = 0.001,
	[ESP_KIT] = 2.0,
	[ESP_WRAPPER] = 0.001,
	[ESP_REDIRECTOR] = 0.001,
	[ESP_SHORTENER] = 0.001,
	[EXPORT_OFF_NETWORK] = 2.0,
	[EXPORT_LANDING] = 3.0,
	[EXPORT_ACCOUNT] = 3.0,
};

const char *export_score_name(unsigned score)
{
	static const char *const names[] = {"off-network", "landing", "account"};

	return score < ESP_KIND_COUNT ? esp_kind_name((enum esp_kind)score)
				      : names[score - ESP_KIND_COUNT];
}

const struct export_target *export_target_find(const char *name)
{
	for (const struct export_target *target = export_targets; target->name; target++)
		if (strcmp(target->name, name) == 0)
			return target;
	return NULL;
}

static void file_free(gpointer data)
{
	struct export_file *file = data;

	g_free(file->name);
	g_string_free(file->text, TRUE);
	g_free(file);
}

struct export *export_new(const struct export_target *target, const struct export_input *input)
{
	struct export *export = g_new0(struct export, 1);

	export->files = g_ptr_array_new_with_free_func(file_free);
	export->left_out = problems_new();
	for (guint i = 0; input->left_out && i < input->left_out->list->len; i++) {
		const struct problem *problem = input->left_out->list->pdata[i];

		export_leave_out(export, problem->file, "%s", problem->what);
	}
	target->write(input, export);
	return export;
}

void export_free(struct export *export)
{
	if (!export)
		return;
	g_ptr_array_unref(export->files);
	problems_free(export->left_out);
	g_free(export);
}

GString *export_file_add(struct export *export, const char *name)
{
	struct export_file *file = g_new0(struct export_file, 1);

	file->name = g_strdup(name);
	file->text = g_string_new(NULL);
	g_ptr_array_add(export->files, file);
	return file->text;
}

void export_leave_out(struct export *export, const char *item, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	problems_add(export->left_out, item, 0, "%s", text);
}

/* ---- what is exported ---- */

GPtrArray *export_rules(const struct export_input *input, struct export *export)
{
	const GPtrArray *all = ruleset_rules(input->ruleset);
	GPtrArray *rules = g_ptr_array_new();

	for (guint i = 0; i < all->len; i++) {
		const struct rule *rule = all->pdata[i];

		if (rule->status == RULE_RETIRED)
			export_leave_out(export, rule->id, "it is retired");
		else if (rule->status == RULE_DRAFT && !input->drafts)
			export_leave_out(export, rule->id, "it is a draft");
		else
			g_ptr_array_add(rules, (gpointer)rule);
	}
	return rules;
}

GPtrArray *export_esps(const struct export_input *input, const GPtrArray *rules)
{
	GPtrArray *esps = g_ptr_array_new();

	for (guint i = 0; i < rules->len; i++) {
		const struct rule *rule = rules->pdata[i];
		const struct esp *esp = ruleset_find_esp(input->ruleset, rule->esp);

		if (esp && (!esps->len || esps->pdata[esps->len - 1] != esp))
			g_ptr_array_add(esps, (gpointer)esp);
	}
	return esps;
}

/* ---- comments ---- */

char *export_line(const char *text, size_t max)
{
	g_autofree char *whole = repo_message_line(text, max + 1);
	g_autofree char *cut = strlen(whole) > max ? repo_message_line(whole, max - 3) : NULL;
	char *blank = cut ? strrchr(cut, ' ') : NULL;

	if (blank)
		*blank = '\0';
	return cut ? g_strconcat(cut, "...", NULL) : g_steal_pointer(&whole);
}

void export_comment(GString *out, const char *mark, const char *text)
{
	g_autofree char *line = export_line(text, 512);

	g_string_append_printf(out, "%s %s\n", mark, line);
}

static char *evidence_line(const struct evidence *evidence)
{
	return g_strdup_printf("Evidence: %s, of at least %u message%s%s.", evidence->query,
		evidence->min_messages, evidence->min_messages == 1 ? "" : "s",
		evidence->off_network ? " sent off the provider's network" : "");
}

void export_head(GString *out, const char *mark, const struct export_input *input, const char *what)
{
	const char *head = trace_head(input->trace);
	g_autofree char *title = g_strdup_printf("%s, exported by espial.", what);
	g_autofree char *commit = g_strdup_printf("Ruleset: %s.", head ? head : "of no commit");

	export_comment(out, mark, title);
	export_comment(out, mark, commit);
	if (input->evidence) {
		g_autofree char *evidence = evidence_line(input->evidence);

		export_comment(out, mark, evidence);
	}
	export_comment(out, mark, "Changes made here are lost with the next export.");
}

void export_trace(
	GString *out, const char *mark, const struct export_input *input, const char *rule_id)
{
	g_autofree char *text = trace_text(input->trace, rule_id);

	export_comment(out, mark, text);
}

void export_evidence(GString *out, const char *mark, const struct export_input *input,
	const struct evidence_item *item)
{
	g_autofree char *text = evidence_text(item);

	export_comment(out, mark, text);
	for (guint i = 0; i < item->rules->len; i++)
		export_trace(out, mark, input, item->rules->pdata[i]);
}

void export_tail(GString *out, const char *mark, const struct export *export)
{
	const GPtrArray *list = export->left_out->list;

	if (!list->len)
		return;
	g_string_append_c(out, '\n');
	export_comment(out, mark, "Not in this export:");
	for (guint i = 0; i < list->len; i++) {
		g_autofree char *text = problem_text(list->pdata[i]);

		export_comment(out, mark, text);
	}
}
