/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/settings.h"

static char *text(struct store *store, const char *key, const char *fallback)
{
	char *value = store_config(store, key);

	if (value && *value)
		return value;
	g_free(value);
	return g_strdup(fallback);
}

static void load_report(struct settings *settings, struct store *store)
{
	g_autofree char *primary = text(store, "user.primary_email", "");
	g_autofree char *other = text(store, "user.other_email", "");

	settings->addresses = g_strdup_printf("%s;%s", primary, other);
	settings->redact = text(store, "espial.redact", NULL);
	settings->report_from = text(store, "espial.report_from", NULL);
	settings->sendmail = text(store, "espial.sendmail", "/usr/sbin/sendmail -oi -t");
}

struct settings *settings_load(struct store *store)
{
	struct settings *settings = g_new0(struct settings, 1);
	g_autofree char *defang = text(store, "espial.defang", "false");
	g_autofree char *relays = store_config(store, "espial.trusted_relays");
	g_autofree char *authserv = store_config(store, "espial.authserv_id");

	settings->query = text(store, "espial.query", "*");
	settings->tag_esp = text(store, "espial.tag_esp", "esp/%s");
	settings->tag_tracker = text(store, "espial.tag_tracker", "tracker");
	settings->defang = g_ascii_strcasecmp(defang, "true") == 0;
	settings->trust = origin_trust_new(relays, authserv, &settings->bad_trust);
	load_report(settings, store);
	return settings;
}

void settings_free(struct settings *settings)
{
	if (!settings)
		return;
	g_free(settings->query);
	g_free(settings->tag_esp);
	g_free(settings->tag_tracker);
	origin_trust_free(settings->trust);
	g_free(settings->bad_trust);
	g_free(settings->addresses);
	g_free(settings->redact);
	g_free(settings->report_from);
	g_free(settings->sendmail);
	g_free(settings);
}

char *settings_esp_tag(const struct settings *settings, const char *esp)
{
	g_auto(GStrv) pieces = g_strsplit(settings->tag_esp, "%s", -1);

	return g_strjoinv(esp, pieces);
}
