/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/esp_choice.h"

#include "tui/screen/picker.h"

#define LABEL_WAIT_MS 3000

void esp_choice_ask(
	struct app *app, const char *title, void (*picked)(struct screen *screen, const char *esp))
{
	const GPtrArray *esps = ruleset_esps(matcher_ruleset(app->matcher));
	g_autofree struct picker_item *items = g_new0(struct picker_item, esps->len + 1);
	struct picker_spec spec = {title, items, esps->len, "new provider", picked};
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < esps->len; i++) {
		const struct esp *esp = esps->pdata[i];

		g_ptr_array_add(
			notes, g_strdup_printf("%s (%s)", esp->name, esp_kind_name(esp->kind)));
		items[i] = (struct picker_item){esp->id, notes->pdata[i]};
	}
	app_push(app, &screen_picker, &spec);
}

char *esp_choice_id(const char *typed)
{
	GString *id = g_string_new(NULL);

	for (const char *p = typed; *p && id->len < 64; p++) {
		if (g_ascii_isalnum(*p))
			g_string_append_c(id, g_ascii_tolower(*p));
		else if (id->len && id->str[id->len - 1] != '-')
			g_string_append_c(id, '-');
	}
	while (id->len && id->str[id->len - 1] == '-')
		g_string_truncate(id, id->len - 1);
	return g_string_free(id, id->len == 0);
}

static GArray *tag_changes(
	const struct settings *settings, const char *esp_tag, const GPtrArray *ids)
{
	GArray *changes = g_array_new(FALSE, FALSE, sizeof(struct store_tag_change));

	for (guint i = 0; i < ids->len; i++) {
		struct store_tag_change esp = {ids->pdata[i], esp_tag, true};
		struct store_tag_change tracker = {ids->pdata[i], settings->tag_tracker, true};

		g_array_append_val(changes, esp);
		g_array_append_val(changes, tracker);
	}
	return changes;
}

bool esp_label_messages(struct app *app, const char *esp, const GPtrArray *ids, const char *what,
	const char *commit)
{
	g_autofree char *tag = settings_esp_tag(app->settings, esp);
	g_autoptr(GArray) changes = tag_changes(app->settings, tag, ids);
	GPtrArray *done = NULL;
	GError *error = NULL;
	bool tagged = store_tag(app->store, (struct store_tag_change *)(void *)changes->data,
		changes->len, LABEL_WAIT_MS, &done, &error);

	if (tagged || done || commit)
		undo_add(app->undo, what, done, commit);
	app_store_changed(app);
	if (!tagged) {
		g_prefix_error(&error,
			"%s%s: tagging failed, u undoes: ", commit ? "committed; " : "", esp);
		app_error(app, error);
		return false;
	}
	app_report(app, "%s: tagged %u message%s %s %s; u undoes", what, ids->len,
		ids->len == 1 ? "" : "s", tag, app->settings->tag_tracker);
	return true;
}
