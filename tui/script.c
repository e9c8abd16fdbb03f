/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/script.h"

#include "rules/error.h"
#include "tui/keys.h"
#include "tui/term.h"

#include <curses.h>
#include <stdio.h>

struct script {
	char *path;
	char **lines;
	guint at;     /* the next line */
	GArray *keys; /* of int: left to press of the last command */
	guint key;
	int width, height;
	gint64 now; /* 0: the time there is */
	bool failed;
};

static bool parse_size(const char *text, int *width, int *height)
{
	return sscanf(text, "%dx%d", width, height) == 2 && *width > 0 && *width <= 1000 &&
	       *height > 0 && *height <= 1000;
}

static bool has_verb(const char *line, const char *verb)
{
	size_t len = strlen(verb);

	return strncmp(line, verb, len) == 0 && (line[len] == ' ' || !line[len]);
}

static bool parse_now(const char *text, gint64 *now)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);

	if (time)
		*now = g_date_time_to_unix(time);
	return time != NULL;
}

static const char *argument_of(const char *line)
{
	const char *blank = strchr(line, ' ');

	return blank ? blank + 1 : "";
}

static bool is_size(const char *argument)
{
	int width, height;

	return parse_size(argument, &width, &height);
}

static bool is_now(const char *argument)
{
	gint64 now;

	return parse_now(argument, &now);
}

static bool are_keys(const char *argument)
{
	g_auto(GStrv) words = g_strsplit(argument, " ", -1);

	for (guint i = 0; words[i]; i++)
		if (*words[i] && !key_from_name(words[i], strlen(words[i])))
			return false;
	return *argument;
}

static bool is_text(const char *argument)
{
	return *argument;
}

static const struct {
	const char *name;
	bool (*takes)(const char *argument);
} verbs[] = {
	{"size", is_size},
	{"now", is_now},
	{"keys", are_keys},
	{"type", is_text},
	{"save-screen", is_text},
	{"expect", is_text},
	{"refuse", is_text},
	{"resize", is_size},
};

static bool is_command(const char *line)
{
	for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
		if (has_verb(line, verbs[i].name))
			return verbs[i].takes(argument_of(line));
	return !*line || *line == '#';
}

static bool check(struct script *script, GError **error)
{
	for (guint i = 0; script->lines[i]; i++) {
		char *line = g_strchomp(script->lines[i]);

		if (!is_command(line)) {
			g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_INVALID,
				"%s:%u: not a command: %s", script->path, i + 1, line);
			return false;
		}
		if (has_verb(line, "size"))
			parse_size(argument_of(line), &script->width, &script->height);
		if (has_verb(line, "now"))
			parse_now(argument_of(line), &script->now);
	}
	return true;
}

struct script *script_read(const char *path, GError **error)
{
	struct script *script;
	char *text;

	if (!g_file_get_contents(path, &text, NULL, error))
		return NULL;
	script = g_new0(struct script, 1);
	script->path = g_strdup(path);
	script->lines = g_strsplit(text, "\n", -1);
	script->keys = g_array_new(FALSE, FALSE, sizeof(int));
	script->width = 80;
	script->height = 24;
	g_free(text);
	if (!check(script, error)) {
		script_free(script);
		return NULL;
	}
	return script;
}

void script_free(struct script *script)
{
	if (!script)
		return;
	g_free(script->path);
	g_strfreev(script->lines);
	g_array_unref(script->keys);
	g_free(script);
}

int script_width(const struct script *script)
{
	return script->width;
}

int script_height(const struct script *script)
{
	return script->height;
}

gint64 script_now(const struct script *script)
{
	return script->now ? script->now : g_get_real_time() / G_USEC_PER_SEC;
}

static void fail(struct script *script, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void fail(struct script *script, const char *format, ...)
{
	va_list args;
	g_autofree char *screen = term_text();

	va_start(args, format);
	g_autofree char *what = g_strdup_vprintf(format, args);
	va_end(args);
	g_printerr("%s:%u: %s\n%s", script->path, script->at, what, screen);
	script->failed = true;
}

static void queue_keys(struct script *script, const char *names)
{
	g_auto(GStrv) words = g_strsplit(names, " ", -1);

	for (guint i = 0; words[i]; i++) {
		int key = key_from_name(words[i], strlen(words[i]));

		if (key)
			g_array_append_val(script->keys, key);
	}
}

static void queue_text(struct script *script, const char *text)
{
	for (const char *p = text; *p; p = g_utf8_next_char(p)) {
		int key = (int)g_utf8_get_char(p);

		g_array_append_val(script->keys, key);
	}
}

static void look_for(struct script *script, const char *text, bool wanted)
{
	g_autofree char *screen = term_text();

	if ((strstr(screen, text) != NULL) != wanted)
		fail(script, wanted ? "not on the screen: %s" : "on the screen: %s", text);
}

static void run_line(struct script *script, const char *line)
{
	const char *argument = argument_of(line);
	GError *error = NULL;
	int width, height;

	if (has_verb(line, "keys"))
		queue_keys(script, argument);
	else if (has_verb(line, "type"))
		queue_text(script, argument);
	else if (has_verb(line, "expect"))
		look_for(script, argument, true);
	else if (has_verb(line, "refuse"))
		look_for(script, argument, false);
	if (has_verb(line, "save-screen")) {
		g_autofree char *screen = term_text();

		if (!g_file_set_contents(argument, screen, -1, &error))
			fail(script, "%s", error->message);
		g_clear_error(&error);
	}
	if (has_verb(line, "resize") && parse_size(argument, &width, &height)) {
		int key = KEYS_SPECIAL + KEY_RESIZE;

		term_resize(width, height);
		g_array_append_val(script->keys, key);
	}
}

int script_next_key(struct script *script)
{
	while (!script->failed) {
		if (script->key < script->keys->len)
			return g_array_index(script->keys, int, script->key++);
		g_array_set_size(script->keys, 0);
		script->key = 0;
		if (!script->lines[script->at])
			return 0;
		run_line(script, script->lines[script->at++]);
	}
	return 0;
}

bool script_ended(const struct script *script)
{
	return script->failed || (!script->lines[script->at] && script->key >= script->keys->len);
}

bool script_failed(const struct script *script)
{
	return script->failed;
}
