/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Everything as JSON, for programs that espial does not know.
 */
#include "rules/export/url_regex.h"
#include "rules/export/writer.h"

#include <jansson.h>

static json_t *text(const char *value)
{
	g_autofree char *valid = value ? g_utf8_make_valid(value, -1) : NULL;

	return valid ? json_string(valid) : json_null();
}

static json_t *texts(const GPtrArray *values)
{
	json_t *list = json_array();

	for (guint i = 0; i < values->len; i++)
		json_array_append_new(list, text(values->pdata[i]));
	return list;
}

static json_t *params(const GPtrArray *pairs)
{
	json_t *map = json_object();

	for (guint i = 0; i < pairs->len; i++) {
		const struct rule_pair *pair = pairs->pdata[i];

		json_object_set_new(map, pair->name, text(pair->value));
	}
	return map;
}

static json_t *match_of(const struct rule *rule)
{
	json_t *match = json_object();

	json_object_set_new(match, "hosts", texts(rule->hosts));
	json_object_set_new(match, "host", text(rule->host));
	json_object_set_new(match, "path", text(rule->path));
	json_object_set_new(match, "params", params(rule->params));
	json_object_set_new(match, "query", text(rule->query));
	json_object_set_new(match, "fragment", text(rule->fragment));
	return match;
}

static json_t *regex_of(const struct rule *rule, struct export *export)
{
	g_autofree char *why = NULL, *regex = url_regex(rule, &why);

	if (!regex)
		export_leave_out(export, rule->id, "no url_regex: %s", why);
	return text(regex);
}

static json_t *rule_record(
	const struct export_input *input, const struct rule *rule, struct export *export)
{
	const struct esp *esp = ruleset_find_esp(input->ruleset, rule->esp);
	g_autofree char *decode = rule_pipeline_text(rule->decode);
	json_t *record = json_object();

	json_object_set_new(record, "id", text(rule->id));
	json_object_set_new(record, "commit", text(trace_commit(input->trace, rule->id)));
	json_object_set_new(
		record, "modified", json_boolean(trace_modified(input->trace, rule->id)));
	json_object_set_new(record, "esp", text(rule->esp));
	json_object_set_new(record, "kind", text(esp ? esp_kind_name(esp->kind) : NULL));
	json_object_set_new(record, "status", text(rule_status_name(rule->status)));
	json_object_set_new(record, "summary", text(rule->summary));
	json_object_set_new(record, "match", match_of(rule));
	json_object_set_new(record, "decode", text(decode));
	json_object_set_new(record, "url_regex", regex_of(rule, export));
	json_object_set_new(record, "references", texts(rule->references));
	return record;
}

static json_t *esp_record(const struct esp *esp)
{
	json_t *record = json_object();

	json_object_set_new(record, "id", text(esp->id));
	json_object_set_new(record, "name", text(esp->name));
	json_object_set_new(record, "kind", text(esp_kind_name(esp->kind)));
	json_object_set_new(record, "abuse", texts(esp->abuse));
	json_object_set_new(record, "rdns", texts(esp->rdns));
	json_object_set_new(record, "dkim", texts(esp->dkim));
	json_object_set_new(record, "return_path", texts(esp->return_path));
	json_object_set_new(record, "networks", texts(esp->networks));
	return record;
}

static json_t *item_record(const struct evidence_item *item, const char *name)
{
	json_t *record = json_object();

	if (item->esp)
		json_object_set_new(record, "esp", text(item->esp));
	json_object_set_new(record, name, text(item->name));
	json_object_set_new(record, "messages", json_integer(item->messages));
	json_object_set_new(record, "off_network", json_integer(item->off));
	json_object_set_new(record, "first", json_integer(item->first));
	json_object_set_new(record, "last", json_integer(item->last));
	json_object_set_new(record, "rules", texts(item->rules));
	return record;
}

static json_t *items(const GPtrArray *list, const char *name)
{
	json_t *records = json_array();

	for (guint i = 0; i < list->len; i++)
		json_array_append_new(records, item_record(list->pdata[i], name));
	return records;
}

static void set_evidence(json_t *all, const struct evidence *evidence)
{
	json_t *record = json_object();

	json_object_set_new(record, "query", text(evidence->query));
	json_object_set_new(record, "min_messages", json_integer(evidence->min_messages));
	json_object_set_new(record, "off_network", json_boolean(evidence->off_network));
	json_object_set_new(all, "evidence", record);
	json_object_set_new(all, "landings", items(evidence->landings, "domain"));
	json_object_set_new(all, "accounts", items(evidence->accounts, "account"));
}

static void set_rules(json_t *all, const struct export_input *input, struct export *export)
{
	g_autoptr(GPtrArray) rules = export_rules(input, export);
	g_autoptr(GPtrArray) esps = export_esps(input, rules);
	json_t *providers = json_array(), *records = json_array();

	for (guint i = 0; i < esps->len; i++)
		json_array_append_new(providers, esp_record(esps->pdata[i]));
	for (guint i = 0; i < rules->len; i++)
		json_array_append_new(records, rule_record(input, rules->pdata[i], export));
	json_object_set_new(all, "providers", providers);
	json_object_set_new(all, "rules", records);
}

static json_t *left_out(const struct export *export)
{
	const GPtrArray *list = export->left_out->list;
	json_t *records = json_array();

	for (guint i = 0; i < list->len; i++) {
		const struct problem *problem = list->pdata[i];
		json_t *record = json_object();

		json_object_set_new(record, "item", text(problem->file));
		json_object_set_new(record, "why", text(problem->what));
		json_array_append_new(records, record);
	}
	return records;
}

void export_json(const struct export_input *input, struct export *export)
{
	GString *out = export_file_add(export, "espial.json");
	json_t *all = json_object();

	json_object_set_new(all, "format", json_string("espial-export-1"));
	json_object_set_new(all, "commit", text(trace_head(input->trace)));
	set_rules(all, input, export);
	if (input->evidence)
		set_evidence(all, input->evidence);
	json_object_set_new(all, "left_out", left_out(export));
	g_autofree char *dump = json_dumps(all, JSON_INDENT(2));
	g_string_append_printf(out, "%s\n", dump);
	json_decref(all);
}
