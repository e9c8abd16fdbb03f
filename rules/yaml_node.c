/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/yaml_node.h"

#include <yaml.h>

struct reader {
	yaml_parser_t parser;
	struct span text;
	const char *file;
	struct problems *problems;
	unsigned nodes;
};

static void node_free(gpointer data)
{
	yaml_node_free(data);
}

void yaml_node_free(struct yaml_node *node)
{
	if (!node)
		return;
	g_free(node->text);
	if (node->children)
		g_ptr_array_unref(node->children);
	g_free(node);
}

const char *yaml_kind_name(enum yaml_kind kind)
{
	static const char *const names[] = {"a text", "a list", "a map"};

	return names[kind];
}

static unsigned line_of(const yaml_event_t *event)
{
	return (unsigned)event->start_mark.line + 1;
}

static struct yaml_node *node_new(enum yaml_kind kind, const yaml_event_t *event)
{
	struct yaml_node *node = g_new0(struct yaml_node, 1);

	node->kind = kind;
	node->line = line_of(event);
	if (kind != YAML_SCALAR)
		node->children = g_ptr_array_new_with_free_func(node_free);
	return node;
}

/* libyaml gives an offset, and no line, for bytes that are not the text of any YAML. */
static unsigned line_of_error(const struct reader *reader)
{
	const yaml_parser_t *parser = &reader->parser;
	unsigned line = 1;

	if (parser->error != YAML_READER_ERROR)
		return (unsigned)parser->problem_mark.line + 1;
	for (size_t i = 0; i < MIN(parser->problem_offset, reader->text.len); i++)
		line += reader->text.ptr[i] == '\n';
	return line;
}

static bool next_event(struct reader *reader, yaml_event_t *event)
{
	if (yaml_parser_parse(&reader->parser, event))
		return true;
	problems_add(reader->problems, reader->file, line_of_error(reader), "not YAML: %s",
		reader->parser.problem ? reader->parser.problem : "unreadable");
	return false;
}

static bool is_plain_node(struct reader *reader, const yaml_event_t *event)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;

	if (event->type == YAML_SCALAR_EVENT) {
		anchor = event->data.scalar.anchor;
		tag = event->data.scalar.tag;
	} else if (event->type == YAML_SEQUENCE_START_EVENT) {
		anchor = event->data.sequence_start.anchor;
		tag = event->data.sequence_start.tag;
	} else if (event->type == YAML_MAPPING_START_EVENT) {
		anchor = event->data.mapping_start.anchor;
		tag = event->data.mapping_start.tag;
	}
	if (!anchor && !tag && event->type != YAML_ALIAS_EVENT)
		return true;
	problems_add(reader->problems, reader->file, line_of(event),
		"anchors, aliases and tags are not allowed");
	return false;
}

static struct yaml_node *read_node(
	struct reader *reader, const yaml_event_t *event, unsigned depth);

static bool has_key(const struct yaml_node *map, const char *key)
{
	for (guint i = 0; i + 1 < map->children->len; i += 2)
		if (strcmp(((struct yaml_node *)map->children->pdata[i])->text, key) == 0)
			return true;
	return false;
}

static bool accept_key(
	struct reader *reader, const struct yaml_node *map, const struct yaml_node *child)
{
	if (map->kind != YAML_MAP || map->children->len % 2)
		return true;
	if (child->kind != YAML_SCALAR)
		problems_add(reader->problems, reader->file, child->line, "a key must be a text");
	else if (strlen(child->text) > YAML_MAX_KEY)
		problems_add(reader->problems, reader->file, child->line,
			"a key is longer than %d bytes", YAML_MAX_KEY);
	else if (has_key(map, child->text))
		problems_add(reader->problems, reader->file, child->line,
			"the key '%s' stands here twice", child->text);
	else
		return true;
	return false;
}

static bool read_children(struct reader *reader, struct yaml_node *node, unsigned depth)
{
	yaml_event_t event;

	while (next_event(reader, &event)) {
		bool end = event.type == YAML_SEQUENCE_END_EVENT ||
			   event.type == YAML_MAPPING_END_EVENT;
		struct yaml_node *child = end ? NULL : read_node(reader, &event, depth + 1);

		yaml_event_delete(&event);
		if (end)
			return true;
		if (!child)
			return false;
		if (!accept_key(reader, node, child)) {
			yaml_node_free(child);
			return false;
		}
		g_ptr_array_add(node->children, child);
	}
	return false;
}

static struct yaml_node *read_scalar(struct reader *reader, const yaml_event_t *event)
{
	const char *text = (const char *)event->data.scalar.value;
	struct yaml_node *node;

	if (strlen(text) != event->data.scalar.length) {
		problems_add(reader->problems, reader->file, line_of(event),
			"a text must not hold a NUL");
		return NULL;
	}
	node = node_new(YAML_SCALAR, event);
	node->text = g_strdup(text);
	return node;
}

static struct yaml_node *read_node(struct reader *reader, const yaml_event_t *event, unsigned depth)
{
	struct yaml_node *node;

	if (!is_plain_node(reader, event))
		return NULL;
	if (depth > YAML_MAX_DEPTH || ++reader->nodes > YAML_MAX_NODES) {
		problems_add(reader->problems, reader->file, line_of(event),
			depth > YAML_MAX_DEPTH ? "nested too deep" : "too many items");
		return NULL;
	}
	if (event->type == YAML_SCALAR_EVENT)
		return read_scalar(reader, event);
	node = node_new(event->type == YAML_SEQUENCE_START_EVENT ? YAML_LIST : YAML_MAP, event);
	if (read_children(reader, node, depth))
		return node;
	yaml_node_free(node);
	return NULL;
}

static bool skip_to(struct reader *reader, yaml_event_type_t wanted, const char *otherwise)
{
	yaml_event_t event;

	if (!next_event(reader, &event))
		return false;
	bool found = event.type == wanted;
	if (!found)
		problems_add(reader->problems, reader->file, line_of(&event), "%s", otherwise);
	yaml_event_delete(&event);
	return found;
}

static struct yaml_node *read_document(struct reader *reader)
{
	struct yaml_node *node;
	yaml_event_t event;

	if (!skip_to(reader, YAML_STREAM_START_EVENT, "not YAML") ||
		!skip_to(reader, YAML_DOCUMENT_START_EVENT, "the file is empty"))
		return NULL;
	if (!next_event(reader, &event))
		return NULL;
	node = read_node(reader, &event, 1);
	yaml_event_delete(&event);
	if (node && skip_to(reader, YAML_DOCUMENT_END_EVENT, "not YAML") &&
		skip_to(reader, YAML_STREAM_END_EVENT, "more than one document"))
		return node;
	yaml_node_free(node);
	return NULL;
}

struct yaml_node *yaml_read(
	const char *text, size_t len, const char *file, struct problems *problems)
{
	struct reader reader = {.text = {text, len}, .file = file, .problems = problems};
	struct yaml_node *node;

	if (len > YAML_MAX_SIZE) {
		problems_add(problems, file, 0, "larger than %zu KiB", YAML_MAX_SIZE / 1024);
		return NULL;
	}
	/* libyaml takes a byte order mark for a column. */
	if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
		reader.text = (struct span){text + 3, len - 3};
	if (!yaml_parser_initialize(&reader.parser)) {
		problems_add(problems, file, 0, "out of memory");
		return NULL;
	}
	yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
		&reader.parser, (const unsigned char *)reader.text.ptr, reader.text.len);
	node = read_document(&reader);
	yaml_parser_delete(&reader.parser);
	return node;
}

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
	for (guint i = 0; i + 1 < map->children->len; i += 2)
		if (strcmp(((struct yaml_node *)map->children->pdata[i])->text, key) == 0)
			return map->children->pdata[i + 1];
	return NULL;
}

/* ---- writing ---- */

/* Plain only what begins with a letter or `/` or `^` and cannot be anything but a string in
 * YAML 1.1 and 1.2. */
static bool is_plain(const char *text)
{
	static const char *const words[] = {
		"y", "n", "yes", "no", "on", "off", "true", "false", "null"};

	if (!g_ascii_isalpha(*text) && !strchr("/^(", *text ? *text : 'a'))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (g_ascii_strcasecmp(words[i], text) == 0)
			return false;
	for (const char *p = text; *p; p++)
		if ((guchar)*p < ' ' || *p == 0x7F || (*p == '#' && p[-1] == ' ') ||
			(*p == ':' && (p[1] == ' ' || !p[1])))
			return false;
	return text[strlen(text) - 1] != ' ';
}

/* What nobody sees, or what turns others around, must not hide in a rule; what libyaml does not
 * read as it stands is among it. */
static bool is_invisible(gunichar c)
{
	switch (g_unichar_type(c)) {
	case G_UNICODE_CONTROL:
	case G_UNICODE_FORMAT:
	case G_UNICODE_PRIVATE_USE:
	case G_UNICODE_LINE_SEPARATOR:
	case G_UNICODE_PARAGRAPH_SEPARATOR:
		return true;
	default:
		return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
	}
}

static bool needs_escapes(const char *text)
{
	for (const char *p = text; *p; p = g_utf8_next_char(p))
		if (is_invisible(g_utf8_get_char(p)))
			return true;
	return false;
}

static void put_escaped(GString *out, const char *text)
{
	g_string_append_c(out, '"');
	for (const char *p = text; *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (c == '"' || c == '\\')
			g_string_append_printf(out, "\\%c", (char)c);
		else if (!is_invisible(c))
			g_string_append_unichar(out, c);
		else if (c < 0x100)
			g_string_append_printf(out, "\\x%02X", c);
		else
			g_string_append_printf(out, c < 0x10000 ? "\\u%04X" : "\\U%08X", c);
	}
	g_string_append_c(out, '"');
}

void yaml_put_scalar(GString *out, const char *text)
{
	if (*text && is_plain(text) && g_utf8_validate(text, -1, NULL) && !needs_escapes(text)) {
		g_string_append(out, text);
		return;
	}
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	if (needs_escapes(valid)) {
		put_escaped(out, valid);
		return;
	}
	g_auto(GStrv) pieces = g_strsplit(valid, "'", -1);
	g_autofree char *doubled = g_strjoinv("''", pieces);
	g_string_append_printf(out, "'%s'", doubled);
}

static void put_indent(GString *out, unsigned indent)
{
	for (unsigned i = 0; i < indent; i++)
		g_string_append_c(out, ' ');
}

void yaml_put(GString *out, unsigned indent, const char *key, const char *value)
{
	if (!value)
		return;
	put_indent(out, indent);
	yaml_put_scalar(out, key);
	g_string_append(out, ": ");
	yaml_put_scalar(out, value);
	g_string_append_c(out, '\n');
}

void yaml_put_key(GString *out, unsigned indent, const char *key)
{
	put_indent(out, indent);
	yaml_put_scalar(out, key);
	g_string_append(out, ":\n");
}

void yaml_put_list(GString *out, unsigned indent, const char *key, const GPtrArray *values)
{
	if (!values->len)
		return;
	yaml_put_key(out, indent, key);
	for (guint i = 0; i < values->len; i++) {
		put_indent(out, indent + 2);
		g_string_append(out, "- ");
		yaml_put_scalar(out, values->pdata[i]);
		g_string_append_c(out, '\n');
	}
}
