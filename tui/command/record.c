/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/command/record.h"

#include <stdio.h>

json_t *record_text(const char *text)
{
	g_autofree char *valid = text ? g_utf8_make_valid(text, -1) : NULL;

	return valid ? json_string(valid) : json_null();
}

static json_t *hop_record(const struct hop *hop)
{
	json_t *record = json_object();
	json_t *fields = json_object();

	for (guint i = 0; i < hop->match->fields->len; i++) {
		const struct rule_pair *field = hop->match->fields->pdata[i];

		json_object_set_new(fields, field->name, record_text(field->value));
	}
	json_object_set_new(record, "url", record_text(hop->url));
	json_object_set_new(record, "rule", record_text(hop->match->rule->id));
	json_object_set_new(record, "esp", record_text(hop->match->rule->esp));
	json_object_set_new(record, "next", record_text(hop->match->next));
	json_object_set_new(record, "fields", fields);
	return record;
}

void record_set_chain(json_t *record, const struct chain *chain, unsigned signals)
{
	json_t *hops = json_array();
	json_t *names = json_array();
	const struct hop *first = chain->hops->len ? chain->hops->pdata[0] : NULL;

	for (guint i = 0; i < chain->hops->len; i++)
		json_array_append_new(hops, hop_record(chain->hops->pdata[i]));
	for (unsigned i = 0; i < SIGNAL_COUNT; i++)
		if (signals & 1u << i)
			json_array_append_new(
				names, json_string(signal_name((enum signal)(1u << i))));
	json_object_set_new(record, "hops", hops);
	json_object_set_new(record, "esp", record_text(first ? first->match->rule->esp : NULL));
	json_object_set_new(record, "landing", record_text(chain->landing));
	json_object_set_new(record, "landing_domain", record_text(chain->landing_domain));
	json_object_set_new(record, "opaque", json_boolean(chain->end == CHAIN_OPAQUE));
	json_object_set_new(record, "signals", names);
}

json_t *record_of_link(const struct message *message, const struct verdict *verdict)
{
	const GPtrArray *parts = message_parts(message);
	const struct link *link = verdict->link;
	bool in_header = link->kind == LINK_HEADER || link->part >= parts->len;
	json_t *record = json_object();

	json_object_set_new(record, "file", record_text(message_path(message)));
	json_object_set_new(record, "message_id", record_text(message_id(message)));
	json_object_set_new(record, "part",
		in_header ? json_string("header")
			  : record_text(
				    ((const struct message_part *)parts->pdata[link->part])->type));
	json_object_set_new(record, "kind", json_string(link_kind_name(link->kind)));
	json_object_set_new(record, "text", record_text(link->text));
	json_object_set_new(record, "url", record_text(url_href(link->url)));
	record_set_chain(record, verdict->chain, verdict->signals);
	return record;
}

void record_print(json_t *record)
{
	g_autofree char *line = json_dumps(record, JSON_COMPACT);

	if (line)
		puts(line);
	json_decref(record);
}
