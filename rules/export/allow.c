/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/export/allow.h"

#include "rules/domain.h"

struct allow {
	GHashTable *domains; /* domain → why */
	GHashTable *above;   /* each domain above one of these → why */
};

static void add(struct allow *allow, const char *domain, char *why)
{
	if (!g_hash_table_contains(allow->domains, domain))
		g_hash_table_insert(allow->domains, g_strdup(domain), g_strdup(why));
	for (const char *dot = strchr(domain, '.'); dot; dot = strchr(dot + 1, '.'))
		if (!g_hash_table_contains(allow->above, dot + 1))
			g_hash_table_insert(allow->above, g_strdup(dot + 1), g_strdup(why));
	g_free(why);
}

/* A host that has no registrable domain stands for itself. */
static void add_registrable(struct allow *allow, const char *host, const char *esp)
{
	struct span domain = domain_registrable(span_from(host));
	g_autofree char *name = domain.ptr ? span_dup(domain) : g_strdup(host);

	add(allow, name, g_strdup_printf("%s is of %s", name, esp));
}

static bool is_kit(const struct ruleset *ruleset, const char *esp)
{
	const struct esp *found = ruleset_find_esp(ruleset, esp);

	return found && found->kind == ESP_KIT;
}

static void add_all(struct allow *allow, const GPtrArray *hosts, const char *esp)
{
	for (guint i = 0; i < hosts->len; i++)
		add_registrable(allow, hosts->pdata[i], esp);
}

static void add_providers(struct allow *allow, const struct ruleset *ruleset)
{
	const GPtrArray *rules = ruleset_rules(ruleset), *esps = ruleset_esps(ruleset);

	for (guint i = 0; i < rules->len; i++) {
		const struct rule *rule = rules->pdata[i];

		if (!is_kit(ruleset, rule->esp))
			add_all(allow, rule->hosts, rule->esp);
	}
	for (guint i = 0; i < esps->len; i++) {
		const struct esp *esp = esps->pdata[i];

		if (esp->kind == ESP_KIT)
			continue;
		add_all(allow, esp->rdns, esp->id);
		add_all(allow, esp->dkim, esp->id);
		add_all(allow, esp->return_path, esp->id);
	}
}

struct allow *allow_new(const struct ruleset *ruleset)
{
	struct allow *allow = g_new0(struct allow, 1);

	allow->domains = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	allow->above = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	if (ruleset_list(ruleset, RULESET_ALLOWED_DOMAINS))
		allow_add(allow, ruleset_list(ruleset, RULESET_ALLOWED_DOMAINS),
			"lists/allowed-domains.txt");
	add_providers(allow, ruleset);
	return allow;
}

void allow_free(struct allow *allow)
{
	if (!allow)
		return;
	g_hash_table_unref(allow->domains);
	g_hash_table_unref(allow->above);
	g_free(allow);
}

void allow_add(struct allow *allow, const struct suffixes *list, const char *name)
{
	const GPtrArray *domains = suffixes_all(list);

	for (guint i = 0; i < domains->len; i++) {
		const char *domain = domains->pdata[i];

		add(allow, domain, g_strdup_printf("%s is in %s", domain, name));
	}
}

const char *allow_find(const struct allow *allow, const char *domain)
{
	const char *why = g_hash_table_lookup(allow->above, domain);

	for (const char *at = domain; at && !why; at = strchr(at, '.')) {
		at += *at == '.';
		why = g_hash_table_lookup(allow->domains, at);
	}
	return why;
}
