/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/yaml_check.h"

#include "rules/pattern.h"
#include "rules/url.h"

bool check_kind(const struct check *check, const struct yaml_node *node, enum yaml_kind kind,
	const char *what)
{
	if (node->kind == kind)
		return true;
	problems_add(check->problems, check->file, node->line, "%s must be %s", what,
		yaml_kind_name(kind));
	return false;
}

void check_keys(const struct check *check, const struct yaml_node *map, const char *const *known)
{
	for (guint i = 0; i + 1 < map->children->len; i += 2) {
		const struct yaml_node *key = map->children->pdata[i];

		if (!g_strv_contains(known, key->text))
			problems_add(check->problems, check->file, key->line, "unknown key '%s'",
				key->text);
	}
}

char *check_text(
	const struct check *check, const struct yaml_node *map, const char *key, bool required)
{
	const struct yaml_node *node = yaml_get(map, key);

	if (!node && required)
		problems_add(check->problems, check->file, map->line, "'%s' is missing", key);
	if (!node || !check_kind(check, node, YAML_SCALAR, key))
		return NULL;
	if (required && !*node->text)
		problems_add(check->problems, check->file, node->line, "'%s' is empty", key);
	return g_strdup(node->text);
}

void check_list(
	const struct check *check, const struct yaml_node *map, const char *key, GPtrArray *to)
{
	const struct yaml_node *node = yaml_get(map, key);

	if (!node || !check_kind(check, node, YAML_LIST, key))
		return;
	for (guint i = 0; i < node->children->len; i++) {
		const struct yaml_node *item = node->children->pdata[i];

		if (check_kind(check, item, YAML_SCALAR, "each item of the list"))
			g_ptr_array_add(to, g_strdup(item->text));
	}
}

/* What a URL can have for a host, as it stands there. */
static bool is_host(const char *text)
{
	g_autofree char *href = g_strconcat("http://", text, "/", NULL);
	struct url *url = url_parse(href, strlen(href), NULL);
	bool same = url && strcmp(url_href(url), href) == 0 && span_equal(url_host(url), text);

	url_free(url);
	return same && *text != '.' && text[strlen(text) - 1] != '.' && !strstr(text, "..");
}

void check_hosts(
	const struct check *check, const struct yaml_node *map, const char *key, GPtrArray *to)
{
	const struct yaml_node *node = yaml_get(map, key);

	check_list(check, map, key, to);
	for (guint i = 0; node && node->kind == YAML_LIST && i < node->children->len; i++) {
		const struct yaml_node *host = node->children->pdata[i];

		if (host->kind == YAML_SCALAR && !is_host(host->text))
			problems_add(check->problems, check->file, host->line,
				"'%s' is no host suffix: lower case, ASCII, no dot at the ends",
				host->text);
	}
}

unsigned check_choice(const struct check *check, const struct yaml_node *map, const char *key,
	const char *const *names)
{
	const struct yaml_node *node = yaml_get(map, key);
	g_autofree char *text = check_text(check, map, key, true);
	g_autofree char *choices = g_strjoinv(", ", (char **)(gpointer)names);

	for (unsigned i = 0; text && names[i]; i++)
		if (strcmp(text, names[i]) == 0)
			return i;
	if (text)
		problems_add(check->problems, check->file, node->line, "'%s' must be one of: %s",
			key, choices);
	return 0;
}

bool check_pattern(const struct check *check, const struct yaml_node *node, const char *what)
{
	char *message = NULL;
	struct pattern *pattern = pattern_new(node->text, &message);

	if (!pattern)
		problems_add(check->problems, check->file, node->line, "bad pattern in %s: %s",
			what, message);
	g_free(message);
	pattern_free(pattern);
	return pattern != NULL;
}
