/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/esp.h"

#include "rules/yaml_check.h"

#include <arpa/inet.h>

static const char *const kinds[] = {
	"esp", "mailer", "kit", "wrapper", "redirector", "shortener", NULL};
static const char *const keys[] = {"id", "name", "kind", "abuse", "sending", "references", NULL};
static const char *const sending_keys[] = {
	"rdns", "dkim", "return_path", "networks", "headers", NULL};
static const char *const header_keys[] = {"name", "pattern", NULL};

static void header_free(gpointer data)
{
	struct esp_header *header = data;

	g_free(header->name);
	g_free(header->pattern);
	g_free(header);
}

struct esp *esp_new(const char *id, const char *name)
{
	struct esp *esp = g_new0(struct esp, 1);

	esp->id = g_strdup(id);
	esp->name = g_strdup(name);
	esp->abuse = g_ptr_array_new_with_free_func(g_free);
	esp->rdns = g_ptr_array_new_with_free_func(g_free);
	esp->dkim = g_ptr_array_new_with_free_func(g_free);
	esp->return_path = g_ptr_array_new_with_free_func(g_free);
	esp->networks = g_ptr_array_new_with_free_func(g_free);
	esp->headers = g_ptr_array_new_with_free_func(header_free);
	esp->references = g_ptr_array_new_with_free_func(g_free);
	return esp;
}

void esp_free(struct esp *esp)
{
	if (!esp)
		return;
	g_free(esp->id);
	g_free(esp->name);
	g_ptr_array_unref(esp->abuse);
	g_ptr_array_unref(esp->rdns);
	g_ptr_array_unref(esp->dkim);
	g_ptr_array_unref(esp->return_path);
	g_ptr_array_unref(esp->networks);
	g_ptr_array_unref(esp->headers);
	g_ptr_array_unref(esp->references);
	g_free(esp);
}

const char *esp_kind_name(enum esp_kind kind)
{
	return kinds[kind];
}

char *esp_path(const char *id)
{
	return g_strdup_printf("esps/%s.yaml", id);
}

static void read_header(const struct check *check, const struct yaml_node *node, struct esp *esp)
{
	struct esp_header *header;

	if (!check_kind(check, node, YAML_MAP, "each of 'headers'"))
		return;
	check_keys(check, node, header_keys);
	header = g_new0(struct esp_header, 1);
	header->name = check_text(check, node, "name", true);
	header->pattern = check_text(check, node, "pattern", false);
	if (header->pattern && !*header->pattern)
		g_clear_pointer(&header->pattern, g_free);
	if (header->pattern)
		check_pattern(check, yaml_get(node, "pattern"), "pattern");
	g_ptr_array_add(esp->headers, header);
}

/* CIDR: `192.0.2.0/24`, `2001:db8::/32`. */
static bool is_network(const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, "/", 2);
	guchar address[16];
	guint64 prefix;

	if (!parts[0] || !parts[1] ||
		!g_ascii_string_to_unsigned(parts[1], 10, 0, 128, &prefix, NULL))
		return false;
	if (inet_pton(AF_INET, parts[0], address) == 1)
		return prefix <= 32;
	return inet_pton(AF_INET6, parts[0], address) == 1;
}

static void read_networks(const struct check *check, const struct yaml_node *map, struct esp *esp)
{
	const struct yaml_node *node = yaml_get(map, "networks");

	check_list(check, map, "networks", esp->networks);
	for (guint i = 0; node && node->kind == YAML_LIST && i < node->children->len; i++) {
		const struct yaml_node *item = node->children->pdata[i];

		if (item->kind == YAML_SCALAR && !is_network(item->text))
			problems_add(check->problems, check->file, item->line,
				"'%s' is no network: an address, /, and the bits of its prefix",
				item->text);
	}
}

static void read_sending(const struct check *check, const struct yaml_node *node, struct esp *esp)
{
	const struct yaml_node *headers;

	if (!node || !check_kind(check, node, YAML_MAP, "sending"))
		return;
	check_keys(check, node, sending_keys);
	check_hosts(check, node, "rdns", esp->rdns);
	check_hosts(check, node, "dkim", esp->dkim);
	check_hosts(check, node, "return_path", esp->return_path);
	read_networks(check, node, esp);
	headers = yaml_get(node, "headers");
	if (!headers || !check_kind(check, headers, YAML_LIST, "headers"))
		return;
	for (guint i = 0; i < headers->children->len; i++)
		read_header(check, headers->children->pdata[i], esp);
}

static void read_esp(const struct check *check, const struct yaml_node *map, struct esp *esp)
{
	check_keys(check, map, keys);
	esp->id = check_text(check, map, "id", true);
	esp->name = check_text(check, map, "name", true);
	esp->kind = (enum esp_kind)check_choice(check, map, "kind", kinds);
	check_list(check, map, "abuse", esp->abuse);
	read_sending(check, yaml_get(map, "sending"), esp);
	check_list(check, map, "references", esp->references);
	if (!esp->id)
		return;
	g_autofree char *path = esp_path(esp->id);
	if (!esp_id_valid(esp->id))
		problems_add(check->problems, check->file, yaml_get(map, "id")->line,
			"'%s' is no id: a-z, 0-9 and -", esp->id);
	else if (check->file && strcmp(path, check->file) != 0)
		problems_add(check->problems, check->file, yaml_get(map, "id")->line,
			"the id '%s' belongs in %s", esp->id, path);
}

struct esp *esp_read(const char *yaml, size_t len, const char *file, struct problems *problems)
{
	size_t before = problems_count(problems);
	struct check check = {file, problems};
	struct yaml_node *map = yaml_read(yaml, len, file, problems);
	struct esp *esp = esp_new(NULL, NULL);

	if (map && check_kind(&check, map, YAML_MAP, "the file"))
		read_esp(&check, map, esp);
	yaml_node_free(map);
	if (problems_count(problems) == before)
		return esp;
	esp_free(esp);
	return NULL;
}

static bool has_sending(const struct esp *esp)
{
	return esp->rdns->len || esp->dkim->len || esp->return_path->len || esp->networks->len ||
	       esp->headers->len;
}

static void write_headers(GString *out, const GPtrArray *headers)
{
	if (headers->len)
		yaml_put_key(out, 2, "headers");
	for (guint i = 0; i < headers->len; i++) {
		const struct esp_header *header = headers->pdata[i];

		g_string_append(out, "    - ");
		yaml_put(out, 0, "name", header->name);
		yaml_put(out, 6, "pattern", header->pattern);
	}
}

char *esp_write(const struct esp *esp)
{
	GString *out = g_string_new(NULL);

	yaml_put(out, 0, "id", esp->id);
	yaml_put(out, 0, "name", esp->name);
	yaml_put(out, 0, "kind", kinds[esp->kind]);
	yaml_put_list(out, 0, "abuse", esp->abuse);
	if (has_sending(esp)) {
		yaml_put_key(out, 0, "sending");
		yaml_put_list(out, 2, "rdns", esp->rdns);
		yaml_put_list(out, 2, "dkim", esp->dkim);
		yaml_put_list(out, 2, "return_path", esp->return_path);
		yaml_put_list(out, 2, "networks", esp->networks);
		write_headers(out, esp->headers);
	}
	yaml_put_list(out, 0, "references", esp->references);
	return g_string_free(out, FALSE);
}
