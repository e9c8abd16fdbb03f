/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/link_pane.h"

#include "rules/domain.h"

static const char *field(const struct chain *chain, const char *name)
{
	for (guint i = 0; i < chain->hops->len; i++) {
		const char *value = match_field(((struct hop *)chain->hops->pdata[i])->match, name);

		if (value)
			return value;
	}
	return NULL;
}

/* A URL with its registrable domain in the style given. */
static int draw_url(
	bool defang, const struct canvas *line, int x, const char *href, enum style loud)
{
	struct url *url = url_parse(href, strlen(href), NULL);
	struct span host = url ? url_host(url) : SPAN_NONE;
	struct span domain = domain_registrable(host);
	g_autofree char *text = defang ? url_defang(href) : g_strdup(href);
	int start = x;

	if (!domain.ptr)
		domain = host;
	if (domain.ptr && domain.len && !defang) {
		size_t before = (size_t)(domain.ptr - url_href(url));
		g_autofree char *head = g_strndup(href, before);
		g_autofree char *middle = span_dup(domain);

		x += canvas_text(line, 0, x, line->width - x, head, STYLE_NORMAL);
		x += canvas_text(line, 0, x, line->width - x, middle, loud);
		x += canvas_text(
			line, 0, x, line->width - x, href + before + domain.len, STYLE_NORMAL);
	} else {
		x += canvas_text(line, 0, x, line->width - x, text, loud);
	}
	url_free(url);
	return x - start;
}

static int draw_end(bool defang, const struct canvas *line, int x, const struct verdict *verdict)
{
	const struct chain *chain = verdict->chain;
	int start = x;

	switch (chain->end) {
	case CHAIN_PLAIN:
		return draw_url(defang, line, x, url_href(verdict->link->url), STYLE_NORMAL);
	case CHAIN_LANDING:
		x += canvas_printf(line, 0, x, 8, STYLE_NORMAL,
			chain->hops->len > 1 ? "→×%u " : "→ ", chain->hops->len);
		return x - start + draw_url(defang, line, x, chain->landing, STYLE_LANDING);
	case CHAIN_OPAQUE:
		x += canvas_text(line, 0, x, line->width - x, "→ opaque ", STYLE_QUIET);
		return x - start +
		       draw_url(defang, line, x,
			       ((struct hop *)chain->hops->pdata[chain->hops->len - 1])->url,
			       STYLE_NORMAL);
	default:
		return canvas_text(
			line, 0, x, line->width - x, "→ loop, or too many hops", STYLE_BAD);
	}
}

/* The account and the campaign, as far as rules tell. */
static void draw_who(const struct canvas *line, int x, int width, const struct chain *chain)
{
	const char *account = field(chain, "account"), *campaign = field(chain, "campaign");
	g_autofree char *both = g_strdup_printf(
		"%s%s%s", account ? account : "", campaign ? "/" : "", campaign ? campaign : "");

	canvas_text(line, 0, x, width, both, STYLE_NORMAL);
}

static void draw_provider(
	const struct canvas *line, int x, int width, const struct link_entry *entry)
{
	const char *esp = verdict_esp(entry->verdict);

	if (esp)
		canvas_text(line, 0, x, width, esp, theme_esp(esp));
	else
		canvas_text(line, 0, x, width, entry->suspect ? "no rule?" : "-",
			entry->suspect ? STYLE_MARKED : STYLE_QUIET);
}

/* `!` for what is meant to deceive, `?` for what is merely odd about a URL. */
static void draw_flag(const struct canvas *line, int x, const struct link_entry *entry)
{
	unsigned odd = ~(unsigned)(SIGNAL_NESTED | SIGNAL_SHORTENER);

	if (entry->signals & (SIGNAL_DECEPTIVE_TEXT | SIGNAL_DANGEROUS_SCHEME))
		canvas_text(line, 0, x, 1, "!", STYLE_BAD);
	else if (entry->signals & odd)
		canvas_text(line, 0, x, 1, "?", STYLE_MARKED);
}

static bool has_who(const struct link_list *links)
{
	for (size_t i = 0; i < link_list_count(links); i++) {
		const struct chain *chain = link_list_at(links, i)->verdict->chain;

		if (field(chain, "account") || field(chain, "campaign"))
			return true;
	}
	return false;
}

/* `who`: whether accounts and campaigns have a column. */
static void draw_entry(bool defang, bool who, const struct canvas *line, guint number,
	const struct link_entry *entry)
{
	bool wide = line->width >= 110;
	int x = 0, esp_width = wide ? 18 : 12, who_width = wide ? 28 : 12;

	canvas_fill(line, 0, 0, STYLE_NORMAL);
	canvas_printf(line, 0, x, 3, STYLE_STRONG, "%3u", number);
	x += 4;
	if (entry->count > 1)
		canvas_printf(line, 0, x, 3, STYLE_QUIET, "×%u", entry->count);
	x += 3;
	draw_flag(line, x, entry);
	x += 2;
	draw_provider(line, x, esp_width, entry);
	x += esp_width + 1;
	canvas_text(line, 0, x, 7, link_kind_name(entry->verdict->link->kind), STYLE_QUIET);
	x += 8;
	if (who) {
		draw_who(line, x, who_width, entry->verdict->chain);
		x += who_width + 1;
	}
	draw_end(defang, line, x, entry->verdict);
}

void link_pane_draw(const struct canvas *canvas, const struct link_list *links,
	struct scroll *scroll, bool defang)
{
	struct canvas list = canvas_rows(canvas, 1, canvas->height - 1);
	size_t count = link_list_count(links);
	bool who = has_who(links);

	canvas_rule(canvas, 0, STYLE_QUIET);
	canvas_printf(canvas, 0, 2, canvas->width - 2, STYLE_QUIET, " %zu link%s ", count,
		count == 1 ? "" : "s");
	scroll_fit(scroll, list.height);
	for (int y = 0; y < list.height && scroll->top + (size_t)y < count; y++) {
		size_t i = scroll->top + (size_t)y;
		struct canvas line = canvas_rows(&list, y, 1);

		line.selected = i == scroll->at;
		draw_entry(defang, who, &line, (guint)i + 1, link_list_at(links, i));
	}
}
