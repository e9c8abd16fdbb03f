/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The chart for a report: SVG 1.1, without scripts and without anything from elsewhere.
 */
#include "tui/volume_export.h"

/* In pixels. */
#define WIDTH 1000
#define HEIGHT 500
#define LEFT 70
#define TOP 70
#define PLOT_WIDTH 710
#define PLOT_HEIGHT 350
#define LEGEND_LEFT (LEFT + PLOT_WIDTH + 24)
#define LEGEND_LINE 20
/* Numbers on the axis of values, at most; pixels that a date takes. */
#define VALUES 8
#define DATE_WIDTH 54
/* Narrower bars stand without a gap. */
#define GAP_FROM 4
/* Longer texts would reach out of the picture. */
#define NAME_MAX_LENGTH 22
#define SUBTITLE_MAX_LENGTH 130

/* On white, in the order of the styles of providers: their colours, dark enough. */
static const char *const palette[THEME_ESP_STYLES] = {"#2f78c4", "#e08a00", "#2a9d6f", "#a94fb0",
	"#4ea8d8", "#c9b400", "#3f4fc0", "#a0522d", "#7a9a1f", "#d9578f", "#008c99", "#8f7fd0"};
#define OTHERS_COLOUR "#b0b0b0"

struct drawing {
	GString *svg;
	const struct volume *volume;
	guint64 top; /* the value at the top of the plot */
	guint64 step;
	const char *colours[VOLUME_MAX_TOP + 1]; /* by series */
};

/* ---- writing ---- */

/* Well-formed and display-safe, and no longer than there is room. */
static char *safe_text(const char *bytes, guint max)
{
	struct shown *shown = shown_new(span_from(bytes));
	size_t end = shown->count > max ? shown->cells[max - 1].offset : strlen(shown->text);
	g_autofree char *clipped = g_strndup(shown->text, end);
	g_autofree char *text = g_strconcat(clipped, shown->count > max ? "…" : "", NULL);

	shown_free(shown);
	return g_markup_escape_text(text, -1);
}

/* With a point, whatever the locale. */
static const char *number(double value, char text[G_ASCII_DTOSTR_BUF_SIZE])
{
	return g_ascii_formatd(text, G_ASCII_DTOSTR_BUF_SIZE, "%.2f", value);
}

static void put_line(
	struct drawing *drawing, const char *class, double x1, double y1, double x2, double y2)
{
	char a[G_ASCII_DTOSTR_BUF_SIZE], b[G_ASCII_DTOSTR_BUF_SIZE], c[G_ASCII_DTOSTR_BUF_SIZE],
		d[G_ASCII_DTOSTR_BUF_SIZE];

	g_string_append_printf(drawing->svg,
		"<line class=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>\n", class,
		number(x1, a), number(y1, b), number(x2, c), number(y2, d));
}

static void put_rect(struct drawing *drawing, double x, double y, double width, double height)
{
	char a[G_ASCII_DTOSTR_BUF_SIZE], b[G_ASCII_DTOSTR_BUF_SIZE], c[G_ASCII_DTOSTR_BUF_SIZE],
		d[G_ASCII_DTOSTR_BUF_SIZE];

	g_string_append_printf(drawing->svg,
		"<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"/>\n", number(x, a),
		number(y, b), number(width, c), number(height, d));
}

/* `class` is also where it is anchored: `start`, `middle`, `end`. */
static void put_text(
	struct drawing *drawing, const char *class, double x, double y, const char *text, guint max)
{
	char a[G_ASCII_DTOSTR_BUF_SIZE], b[G_ASCII_DTOSTR_BUF_SIZE];
	g_autofree char *safe = safe_text(text, max);

	g_string_append_printf(drawing->svg, "<text class=\"%s\" x=\"%s\" y=\"%s\">%s</text>\n",
		class, number(x, a), number(y, b), safe);
}

/* ---- parts ---- */

static const struct volume_series *series_at(const struct drawing *drawing, guint i)
{
	return drawing->volume->series->pdata[i];
}

/* That of the provider, or the next one that no larger series has. */
static void choose_colours(struct drawing *drawing)
{
	unsigned taken = 0;

	for (guint i = 0; i < drawing->volume->series->len; i++) {
		const char *esp = series_at(drawing, i)->esp;
		unsigned colour = esp ? (unsigned)(theme_esp(esp) - STYLE_ESP) : 0;

		if (i % THEME_ESP_STYLES == 0)
			taken = 0;
		while (esp && taken & 1u << colour)
			colour = (colour + 1) % THEME_ESP_STYLES;
		taken |= esp ? 1u << colour : 0;
		drawing->colours[i] = esp ? palette[colour] : OTHERS_COLOUR;
	}
}

static guint64 largest(const struct volume *volume)
{
	guint64 max = 0;

	for (guint i = 0; i < volume->buckets->len; i++) {
		guint64 total = 0;

		for (guint s = 0; s < volume->series->len; s++)
			total += ((struct volume_series *)volume->series->pdata[s])->counts[i];
		max = MAX(max, total);
	}
	return max;
}

static char *title_of(const struct volume_export *export)
{
	return g_strdup_printf("Messages with %s%slinks, by %s%s",
		export->esp ? export->esp : "tracker", export->esp ? " tracker " : " ",
		volume_by_name(export->volume->by), export->esp ? "" : " and provider");
}

static char *subtitle_of(const struct volume_export *export)
{
	const struct volume *volume = export->volume;
	GString *text = g_string_new(NULL);
	char first[DAYS_TEXT], last[DAYS_TEXT];

	if (volume->buckets->len)
		g_string_append_printf(text, "%s to %s, ",
			days_text(volume_bucket(volume, 0)->first, first),
			days_text(volume_bucket(volume, volume->buckets->len - 1)->last, last));
	g_string_append_printf(text, "%" G_GINT64_FORMAT " messages%s", volume->messages,
		export->off_network ? " sent off the providers’ networks" : "");
	if (export->query)
		g_string_append_printf(text, ", of %s", export->query);
	return g_string_free(text, FALSE);
}

static void put_head(struct drawing *drawing, const struct volume_export *export)
{
	g_autofree char *title = title_of(export), *subtitle = subtitle_of(export);
	g_autofree char *safe = safe_text(title, SUBTITLE_MAX_LENGTH);

	g_string_append_printf(drawing->svg,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"%d\" "
		"height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\">\n<title>%s</title>\n"
		"<style>text{font:13px sans-serif;fill:#333}.title{font-size:19px;"
		"font-weight:bold;fill:#111}.end{text-anchor:end}.middle{text-anchor:middle}"
		".total{fill:#666;text-anchor:end}.note{font-size:11px;fill:#666}.grid{stroke:#ddd}"
		".axis{stroke:#333}</style>\n"
		"<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n",
		WIDTH, HEIGHT, WIDTH, HEIGHT, safe, WIDTH, HEIGHT);
	put_text(drawing, "title", 24, 32, title, SUBTITLE_MAX_LENGTH);
	put_text(drawing, "start", 24, 54, subtitle, SUBTITLE_MAX_LENGTH);
}

static double y_of(const struct drawing *drawing, guint64 value)
{
	return TOP + PLOT_HEIGHT * (1 - (double)value / (double)drawing->top);
}

static double pitch_of(const struct drawing *drawing)
{
	return (double)PLOT_WIDTH / MAX(drawing->volume->buckets->len, 1);
}

static void put_values(struct drawing *drawing)
{
	for (guint64 value = 0; value <= drawing->top; value += drawing->step) {
		g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, value);
		double y = y_of(drawing, value);

		if (value)
			put_line(drawing, "grid", LEFT, y, LEFT + PLOT_WIDTH, y);
		put_text(drawing, "end", LEFT - 8, y + 4, text, NAME_MAX_LENGTH);
	}
	g_string_append_printf(drawing->svg,
		"<text class=\"middle\" transform=\"translate(16 %d) rotate(-90)\">messages</text>"
		"\n",
		TOP + PLOT_HEIGHT / 2);
}

/* The same that the console shows: the higher ranks first, where there is room; the lowest only
 * where all have it. */
static void put_dates(struct drawing *drawing)
{
	const struct volume *volume = drawing->volume;
	guint count = volume->buckets->len;
	guint apart = (guint)(DATE_WIDTH / pitch_of(drawing)) + 1;
	g_autofree bool *taken = g_new0(bool, count + 1);

	for (int rank = CHART_TICK_RANKS - 1; rank >= 0; rank--) {
		for (guint i = 0; i < count; i++) {
			struct chart_tick tick = volume_tick(volume->by, volume_bucket(volume, i));
			double x = LEFT + (i + 0.5) * pitch_of(drawing);
			bool free_here = tick.rank == rank && *tick.text && (rank || apart == 1);

			for (guint k = i - MIN(apart - 1, i);
				free_here && k < i + apart && k < count; k++)
				free_here = !taken[k];
			if (!free_here)
				continue;
			taken[i] = true;
			put_line(drawing, "axis", x, TOP + PLOT_HEIGHT, x, TOP + PLOT_HEIGHT + 5);
			put_text(drawing, "middle", x, TOP + PLOT_HEIGHT + 20, tick.text,
				NAME_MAX_LENGTH);
		}
	}
}

/* A group for each series, named, so that figures can be read off the file too. */
static void put_bars(struct drawing *drawing)
{
	const struct volume *volume = drawing->volume;
	g_autofree guint64 *below = g_new0(guint64, volume->buckets->len + 1);
	double pitch = pitch_of(drawing), width = pitch < GAP_FROM ? pitch : pitch * 0.85;

	for (guint s = 0; s < volume->series->len; s++) {
		const struct volume_series *series = series_at(drawing, s);
		g_autofree char *name =
			safe_text(series->esp ? series->esp : "others", SUBTITLE_MAX_LENGTH);

		g_string_append_printf(drawing->svg,
			"<g class=\"series\" fill=\"%s\"><title>%s</title>\n", drawing->colours[s],
			name);
		for (guint i = 0; i < volume->buckets->len; i++) {
			guint64 from = below[i];

			below[i] += series->counts[i];
			if (series->counts[i])
				put_rect(drawing, LEFT + i * pitch + (pitch - width) / 2,
					y_of(drawing, below[i]), width,
					y_of(drawing, from) - y_of(drawing, below[i]));
		}
		g_string_append(drawing->svg, "</g>\n");
	}
}

/* In the order of the bars, so that it can be read without colours too. */
static void put_legend(struct drawing *drawing)
{
	guint count = drawing->volume->series->len;

	for (guint line = 0; line < count; line++) {
		guint s = count - 1 - line;
		const struct volume_series *series = series_at(drawing, s);
		g_autofree char *total = g_strdup_printf("%" G_GINT64_FORMAT, series->total);
		double y = TOP + 10 + (double)line * MIN(LEGEND_LINE, PLOT_HEIGHT / (double)count);

		g_string_append_printf(drawing->svg, "<g fill=\"%s\">", drawing->colours[s]);
		put_rect(drawing, LEGEND_LEFT, y - 10, 12, 12);
		g_string_append(drawing->svg, "</g>\n");
		put_text(drawing, "start", LEGEND_LEFT + 20, y,
			series->esp ? series->esp : "others", NAME_MAX_LENGTH);
		put_text(drawing, "total", WIDTH - 12, y, total, NAME_MAX_LENGTH);
	}
}

char *volume_svg(const struct volume_export *export)
{
	struct drawing drawing = {.svg = g_string_new(NULL), .volume = export->volume};
	guint64 max = MAX(largest(export->volume), 1);

	drawing.step = chart_step(max, VALUES);
	drawing.top = (max + drawing.step - 1) / drawing.step * drawing.step;
	choose_colours(&drawing);
	put_head(&drawing, export);
	put_values(&drawing);
	put_bars(&drawing);
	put_line(&drawing, "axis", LEFT, TOP + PLOT_HEIGHT, LEFT + PLOT_WIDTH, TOP + PLOT_HEIGHT);
	put_line(&drawing, "axis", LEFT, TOP, LEFT, TOP + PLOT_HEIGHT);
	put_dates(&drawing);
	put_legend(&drawing);
	put_text(&drawing, "note", LEFT, HEIGHT - 20,
		"A message with trackers of several providers counts once for each.",
		SUBTITLE_MAX_LENGTH);
	g_string_append(drawing.svg, "</svg>\n");
	return g_string_free(drawing.svg, FALSE);
}
