/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/export/trace.h"

#include "rules/repo.h"

/* As many digits as git shows of a large repository. */
#define SHORT_ID 12

struct trace {
	bool known;
	struct repo_change_at head;
	GHashTable *changes; /* path → struct repo_change_at */
};

static GPtrArray *paths_of(const struct ruleset *ruleset)
{
	const GPtrArray *rules = ruleset_rules(ruleset);
	GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < rules->len; i++)
		g_ptr_array_add(paths, rule_path(((const struct rule *)rules->pdata[i])->id));
	return paths;
}

struct trace *trace_new(const char *dir, const struct ruleset *ruleset, char **why)
{
	struct trace *trace = g_new0(struct trace, 1);
	g_autoptr(GPtrArray) paths = paths_of(ruleset);
	g_autoptr(GError) error = NULL;
	struct repo *repo = repo_open(dir, &error);

	if (repo)
		trace->changes = repo_last_changes(repo, paths, &trace->head, &error);
	trace->known = trace->changes != NULL;
	if (!trace->changes)
		trace->changes = g_hash_table_new(g_str_hash, g_str_equal);
	if (why)
		*why = trace->known ? NULL : g_strdup(error->message);
	repo_close(repo);
	return trace;
}

void trace_free(struct trace *trace)
{
	if (!trace)
		return;
	g_hash_table_unref(trace->changes);
	g_free(trace);
}

const char *trace_head(const struct trace *trace)
{
	return trace->known ? trace->head.id : NULL;
}

gint64 trace_head_time(const struct trace *trace)
{
	return trace->known ? trace->head.time : 0;
}

static const struct repo_change_at *find(const struct trace *trace, const char *rule_id)
{
	g_autofree char *path = rule_path(rule_id);

	return g_hash_table_lookup(trace->changes, path);
}

const char *trace_commit(const struct trace *trace, const char *rule_id)
{
	const struct repo_change_at *at = find(trace, rule_id);

	return at ? at->id : NULL;
}

bool trace_modified(const struct trace *trace, const char *rule_id)
{
	const struct repo_change_at *at = find(trace, rule_id);

	return trace->known && (!at || at->modified);
}

char *trace_text(const struct trace *trace, const char *rule_id)
{
	const struct repo_change_at *at = find(trace, rule_id);

	if (!trace->known)
		return g_strdup(rule_id);
	if (!at)
		return g_strdup_printf("%s not committed", rule_id);
	return g_strdup_printf(
		"%s %.*s%s", rule_id, SHORT_ID, at->id, at->modified ? ", modified" : "");
}
