/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/esp_choice.h"

#include "tui/screen/picker.h"

static struct picker_item item_of(const struct esp *esp, GPtrArray *notes)
{
	char *note = g_strdup_printf("%s (%s)", esp->name, esp_kind_name(esp->kind));

	g_ptr_array_add(notes, note);
	return (struct picker_item){esp->id, note};
}

void esp_choice_ask(struct app *app, const char *title, const char *likely,
	void (*picked)(struct screen *screen, const char *esp))
{
	const struct ruleset *ruleset = matcher_ruleset(app->matcher);
	const struct esp *first = likely ? ruleset_find_esp(ruleset, likely) : NULL;
	const GPtrArray *esps = ruleset_esps(ruleset);
	g_autofree struct picker_item *items = g_new0(struct picker_item, esps->len + 1);
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
	struct picker_spec spec = {title, items, 0, "new provider", picked};

	if (first)
		items[spec.count++] = item_of(first, notes);
	for (guint i = 0; i < esps->len; i++)
		if (esps->pdata[i] != first)
			items[spec.count++] = item_of(esps->pdata[i], notes);
	app_push(app, &screen_picker, &spec);
}

char *esp_choice_id(const char *typed)
{
	g_autofree char *valid = g_utf8_make_valid(typed, -1);
	g_autofree char *ascii = g_str_to_ascii(valid, "C");
	GString *id = g_string_new(NULL);

	for (const char *p = ascii; *p && id->len < 64; p++) {
		if (g_ascii_isalnum(*p))
			g_string_append_c(id, g_ascii_tolower(*p));
		else if (id->len && id->str[id->len - 1] != '-')
			g_string_append_c(id, '-');
	}
	while (id->len && id->str[id->len - 1] == '-')
		g_string_truncate(id, id->len - 1);
	return g_string_free(id, id->len == 0);
}

bool esp_label_messages(struct app *app, const char *esp, const GPtrArray *ids, const char *what,
	const char *commit)
{
	g_autofree char *tag = settings_esp_tag(app->settings, esp);
	g_autoptr(GPtrArray) changes = store_tag_changes_new();
	GError *error = NULL;
	guint batch;

	for (guint i = 0; i < ids->len; i++) {
		store_tag_changes_add(changes, ids->pdata[i], tag, true);
		store_tag_changes_add(changes, ids->pdata[i], app->settings->tag_tracker, true);
	}
	batch = tagger_add(app->tagger, what, changes, &error);
	if (batch || commit)
		undo_add(app->undo, what, batch, commit);
	if (!batch) {
		app_error(app, error);
		return false;
	}
	app_report(app, "%s: labelling %u message%s…", what, ids->len, ids->len == 1 ? "" : "s");
	return true;
}
