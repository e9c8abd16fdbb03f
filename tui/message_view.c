/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/message_view.h"

/* A range of the text with a look of its own. */
struct range {
	size_t start, end;
	guint link; /* number of the link; 0: none */
	enum style style;
};

struct paragraph {
	size_t offset; /* in the text */
	struct shown *shown;
};

/* A row of a paragraph. */
struct line {
	guint paragraph;
	struct shown_line cells;
};

struct message_view {
	GString *text;
	GArray *links;         /* of struct range, by start, apart: links, header names, lines */
	GArray *blocks;        /* of struct range, by start: headings and quotes around them */
	GPtrArray *paragraphs; /* of struct paragraph; made when first wrapped */
	GArray *lines;         /* of struct line, for `width` */
	int width;             /* 0: not wrapped */
};

static void paragraph_free(gpointer data)
{
	struct paragraph *paragraph = data;

	shown_free(paragraph->shown);
	g_free(paragraph);
}

struct message_view *message_view_new(void)
{
	struct message_view *view = g_new0(struct message_view, 1);

	view->text = g_string_new(NULL);
	view->links = g_array_new(FALSE, FALSE, sizeof(struct range));
	view->blocks = g_array_new(FALSE, FALSE, sizeof(struct range));
	view->paragraphs = g_ptr_array_new_with_free_func(paragraph_free);
	view->lines = g_array_new(FALSE, FALSE, sizeof(struct line));
	return view;
}

void message_view_free(struct message_view *view)
{
	if (!view)
		return;
	g_string_free(view->text, TRUE);
	g_array_unref(view->links);
	g_array_unref(view->blocks);
	g_ptr_array_unref(view->paragraphs);
	g_array_unref(view->lines);
	g_free(view);
}

void message_view_clear(struct message_view *view)
{
	g_string_truncate(view->text, 0);
	g_array_set_size(view->links, 0);
	g_array_set_size(view->blocks, 0);
	g_ptr_array_set_size(view->paragraphs, 0);
	g_array_set_size(view->lines, 0);
	view->width = 0;
}

/* ---- putting it together ---- */

static void add_range(struct message_view *view, size_t start, guint link, enum style style)
{
	struct range range = {start, view->text->len, link, style};

	g_array_append_val(view->links, range);
}

/* Line ends of a header are blanks: they would begin a line that looks like another one. */
static void add_flat(struct message_view *view, const char *text)
{
	size_t start = view->text->len;

	g_string_append(view->text, text);
	g_strdelimit(view->text->str + start, "\r\n", ' ');
}

void message_view_add_header(struct message_view *view, const char *name, const char *value)
{
	size_t start = view->text->len;

	add_flat(view, name);
	g_string_append_c(view->text, ':');
	add_range(view, start, 0, STYLE_HEADER);
	g_string_append_c(view->text, ' ');
	add_flat(view, value);
	g_string_append_c(view->text, '\n');
}

void message_view_add_line(struct message_view *view, enum style style, const char *text)
{
	size_t start = view->text->len;

	add_flat(view, text);
	add_range(view, start, 0, style);
	g_string_append_c(view->text, '\n');
}

static enum style style_of(const struct link_entry *entry)
{
	const char *esp = verdict_esp(entry->verdict);

	if (entry->signals & (SIGNAL_DECEPTIVE_TEXT | SIGNAL_DANGEROUS_SCHEME))
		return STYLE_DECEPTIVE;
	return esp ? theme_esp(esp) : STYLE_LINK;
}

/* Where an offset of the rendered text came to stand when numbers were put into it. */
struct shift {
	size_t from; /* offset in the rendered text, behind the link */
	size_t by;   /* what all numbers up to there take */
};

static size_t shifted(const GArray *shifts, size_t offset)
{
	guint low = 0, high = shifts->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (g_array_index(shifts, struct shift, middle).from <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return offset + (low ? g_array_index(shifts, struct shift, low - 1).by : 0);
}

/* Appends the text, numbers behind its links. */
static void add_links(struct message_view *view, const struct rendered *rendered,
	const struct link_list *links, GArray *shifts)
{
	size_t at = 0, base = view->text->len;

	for (guint i = 0; i < rendered->marks->len; i++) {
		const struct rendered_mark *mark =
			&g_array_index(rendered->marks, struct rendered_mark, i);
		guint number =
			mark->kind == RENDERED_LINK ? link_list_number(links, mark->link) : 0;
		size_t start;

		if (!number || mark->start < at)
			continue;
		g_string_append_len(
			view->text, rendered->text->str + at, (gssize)(mark->start - at));
		start = view->text->len;
		g_string_append_len(view->text, rendered->text->str + mark->start,
			(gssize)(mark->end - mark->start));
		g_string_append_printf(view->text, "[%u]", number);
		add_range(view, start, number, style_of(link_list_at(links, number - 1)));
		at = mark->end;
		struct shift shift = {at, view->text->len - base - at};
		g_array_append_val(shifts, shift);
	}
	g_string_append_len(
		view->text, rendered->text->str + at, (gssize)(rendered->text->len - at));
}

static void add_blocks(struct message_view *view, const struct rendered *rendered, size_t base,
	const GArray *shifts)
{
	for (guint i = 0; i < rendered->marks->len; i++) {
		const struct rendered_mark *mark =
			&g_array_index(rendered->marks, struct rendered_mark, i);
		struct range block = {base + shifted(shifts, mark->start),
			base + shifted(shifts, mark->end), 0,
			mark->kind == RENDERED_HEADING ? STYLE_HEADING : STYLE_QUOTE};

		if (mark->kind == RENDERED_HEADING || mark->kind == RENDERED_QUOTE)
			g_array_append_val(view->blocks, block);
	}
}

void message_view_add_body(
	struct message_view *view, const struct rendered *rendered, const struct link_list *links)
{
	g_autoptr(GArray) shifts = g_array_new(FALSE, FALSE, sizeof(struct shift));
	size_t base = view->text->len;

	add_links(view, rendered, links, shifts);
	add_blocks(view, rendered, base, shifts);
}

/* ---- wrapping ---- */

static void add_paragraph(struct message_view *view, size_t start, size_t end)
{
	struct paragraph *paragraph = g_new0(struct paragraph, 1);

	paragraph->offset = start;
	paragraph->shown = shown_new((struct span){view->text->str + start, end - start});
	g_ptr_array_add(view->paragraphs, paragraph);
}

static void split(struct message_view *view)
{
	size_t start = 0;

	while (start < view->text->len) {
		const char *newline =
			memchr(view->text->str + start, '\n', view->text->len - start);
		size_t end = newline ? (size_t)(newline - view->text->str) : view->text->len;
		size_t line_end = end > start && view->text->str[end - 1] == '\r' ? end - 1 : end;

		add_paragraph(view, start, line_end);
		start = end + 1;
	}
}

size_t message_view_wrap(struct message_view *view, int width)
{
	g_autoptr(GArray) cells = g_array_new(FALSE, FALSE, sizeof(struct shown_line));

	if (view->width == width)
		return view->lines->len;
	view->width = width;
	g_array_set_size(view->lines, 0);
	if (!view->paragraphs->len)
		split(view);
	for (guint i = 0; i < view->paragraphs->len; i++) {
		const struct paragraph *paragraph = view->paragraphs->pdata[i];

		g_array_set_size(cells, 0);
		shown_wrap(paragraph->shown, (unsigned)MAX(width, 2), cells);
		for (guint c = 0; c < cells->len; c++) {
			struct line line = {i, g_array_index(cells, struct shown_line, c)};

			g_array_append_val(view->lines, line);
		}
	}
	return view->lines->len;
}

/* ---- drawing ---- */

/* The first range that ends behind an offset: NULL where it does not hold it. */
static const struct range *range_at(const GArray *ranges, size_t offset)
{
	guint low = 0, high = ranges->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (g_array_index(ranges, struct range, middle).end <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	const struct range *range =
		low < ranges->len ? &g_array_index(ranges, struct range, low) : NULL;
	return range && range->start <= offset ? range : NULL;
}

static const struct range *look_of(
	const struct message_view *view, const struct paragraph *paragraph, guint32 cell)
{
	size_t offset = paragraph->offset + paragraph->shown->cells[cell].source;
	const struct range *link = range_at(view->links, offset);

	return link ? link : range_at(view->blocks, offset);
}

/* Cells of one look are drawn together. */
static void draw_line(const struct message_view *view, const struct canvas *canvas, int y,
	const struct line *line, guint selected)
{
	const struct paragraph *paragraph = view->paragraphs->pdata[line->paragraph];
	guint32 end = line->cells.first + line->cells.count;
	int x = 0;

	for (guint32 from = line->cells.first, to; from < end; from = to) {
		const struct range *look = look_of(view, paragraph, from);
		struct canvas part = *canvas;

		for (to = from + 1; to < end && look_of(view, paragraph, to) == look;)
			to++;
		part.selected = look && look->link && look->link == selected;
		x += canvas_cells(&part, y, x, canvas->width - x, paragraph->shown, from, to - from,
			look ? look->style : STYLE_NORMAL);
	}
}

void message_view_draw(
	const struct message_view *view, const struct canvas *canvas, size_t top, guint selected)
{
	for (int y = 0; y < canvas->height && top + (size_t)y < view->lines->len; y++)
		draw_line(view, canvas, y,
			&g_array_index(view->lines, struct line, top + (size_t)y), selected);
}

static bool line_holds(const struct message_view *view, const struct line *line, guint number)
{
	const struct paragraph *paragraph = view->paragraphs->pdata[line->paragraph];

	for (guint32 c = line->cells.first; c < line->cells.first + line->cells.count; c++) {
		const struct range *look = look_of(view, paragraph, c);

		if (look && look->link == number)
			return true;
	}
	return false;
}

bool message_view_find(const struct message_view *view, guint number, size_t *line)
{
	for (guint i = 0; number && i < view->lines->len; i++) {
		if (line_holds(view, &g_array_index(view->lines, struct line, i), number)) {
			*line = i;
			return true;
		}
	}
	return false;
}
