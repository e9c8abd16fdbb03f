/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/widget/chart.h"

#include <langinfo.h>

/* Columns left of the bars: a number and the axis. */
#define AXIS 6
/* Lines under the bars: the axis and its labels. */
#define FOOT 2
/* Lines between two numbers on the axis, at least. */
#define TICK_LINES 3
#define EIGHTHS 8

/* Glyphs are made display-safe once for each drawing, not for each cell. */
enum glyph {
	GLYPH_EIGHTH, /* the first of eight: a block from one eighth of a line to a full one */
	GLYPH_FILL = GLYPH_EIGHTH + EIGHTHS, /* the first of FILLS patterns */
	GLYPH_GUIDE = GLYPH_FILL + 4,        /* above the cursor's bar */
	GLYPH_CURSOR,
	GLYPH_LINE,
	GLYPH_CORNER,
	GLYPH_TICK_X,
	GLYPH_TICK_Y,
	GLYPH_WALL,
	GLYPHS,
};
#define FILLS 4

static const char *const unicode[GLYPHS] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█", "█", "▒", "▓",
	"░", "┊", "▲", "─", "┼", "┬", "┤", "│"};
static const char *const plain[GLYPHS] = {"#", "#", "#", "#", "#", "#", "#", "#", "#", "#", "#",
	"#", ":", "^", "-", "+", "+", "+", "|"};

struct drawing {
	const struct chart *chart;
	struct canvas canvas;
	int rows;    /* lines for bars */
	int bars;    /* to be seen */
	guint64 top; /* the value at the top of the first line */
	struct shown *glyphs[GLYPHS];
	struct shown **letters; /* by series */
};

bool chart_needs_ascii(void)
{
	return g_ascii_strcasecmp(nl_langinfo(CODESET), "UTF-8") != 0;
}

/* Bars of more than one column have a gap between them. */
static int bar_width(const struct chart *chart)
{
	return chart->pitch > 1 ? chart->pitch - 1 : 1;
}

int chart_bars(int width, int pitch)
{
	return MAX((width - AXIS + (pitch > 1)) / pitch, 1);
}

guint64 chart_step(guint64 max, int most)
{
	static const guint64 factors[] = {1, 2, 5};

	for (guint64 power = 1; power < G_MAXUINT64 / 100; power *= 10)
		for (size_t i = 0; i < G_N_ELEMENTS(factors); i++)
			if (max / (factors[i] * power) <= (guint64)MAX(most, 1))
				return factors[i] * power;
	return MAX(max, 1);
}

/* At most five columns, for up to G_MAXUINT32. */
static void amount_text(guint64 amount, char text[24])
{
	if (amount < 100000)
		g_snprintf(text, 24, "%" G_GUINT64_FORMAT, amount);
	else if (amount < 10000000)
		g_snprintf(text, 24, "%" G_GUINT64_FORMAT "k", amount / 1000);
	else
		g_snprintf(text, 24, "%" G_GUINT64_FORMAT "M", amount / 1000000);
}

/* ---- glyphs ---- */

static void drawing_start(struct drawing *drawing)
{
	const struct chart *chart = drawing->chart;
	const char *const *texts = chart->ascii ? plain : unicode;

	for (int i = 0; i < GLYPHS; i++)
		drawing->glyphs[i] = shown_new(span_from(texts[i]));
	drawing->letters = g_new0(struct shown *, chart->series_count + 1);
	for (size_t i = 0; i < chart->series_count; i++)
		drawing->letters[i] = shown_new((struct span){&chart->series[i].letter, 1});
}

static void drawing_end(struct drawing *drawing)
{
	for (int i = 0; i < GLYPHS; i++)
		shown_free(drawing->glyphs[i]);
	for (size_t i = 0; i < drawing->chart->series_count; i++)
		shown_free(drawing->letters[i]);
	g_free(drawing->letters);
}

static void put(const struct drawing *drawing, int y, int x, enum glyph glyph, enum style style)
{
	canvas_shown(&drawing->canvas, y, x, 1, drawing->glyphs[glyph], style);
}

static void put_letter(
	const struct canvas *canvas, int y, int x, const struct shown *letter, enum style style)
{
	struct canvas reversed = *canvas;

	reversed.selected = !canvas->selected;
	canvas_shown(&reversed, y, x, 1, letter, style);
}

/* Where there is colour, one pattern does. */
static enum glyph fill_of(size_t series)
{
	return GLYPH_FILL + (theme_coloured() ? 0 : series % FILLS);
}

/* ---- bars ---- */

static guint64 total_at(const struct chart *chart, size_t bar)
{
	guint64 total = 0;

	for (size_t i = 0; i < chart->series_count; i++)
		total += chart->series[i].counts[bar];
	return total;
}

/* The series that a height, in sixteenths of a line, is in; the topmost one above them all. */
static size_t series_at(const struct drawing *drawing, size_t bar, int sixteenths)
{
	const struct chart *chart = drawing->chart;
	guint64 below = 0;
	size_t last = 0;

	for (size_t i = 0; i < chart->series_count; i++) {
		if (!chart->series[i].counts[bar])
			continue;
		below += chart->series[i].counts[bar];
		last = i;
		if ((double)below * drawing->rows * 2 * EIGHTHS >
			(double)sixteenths * (double)drawing->top)
			break;
	}
	return last;
}

/* In eighths of a line: what there is can be seen, be it little. */
static int height_of(const struct drawing *drawing, guint64 total)
{
	int unit = drawing->chart->ascii ? EIGHTHS : 1;
	double eighths = (double)total * drawing->rows * EIGHTHS / (double)drawing->top;

	return total ? MAX((int)(eighths / unit + 0.5), 1) * unit : 0;
}

/* A full line of a bar. The letter stands where its series ends at the top. */
static void draw_cell(const struct drawing *drawing, int y, int x, size_t series, bool ends)
{
	const struct chart *chart = drawing->chart;
	enum style style = chart->series[series].style;
	int width = bar_width(chart);

	for (int i = 0; i < width; i++) {
		if ((ends && i == (width - 1) / 2) || chart->ascii)
			put_letter(&drawing->canvas, y, x + i, drawing->letters[series], style);
		else
			put(drawing, y, x + i, fill_of(series), style);
	}
}

static void draw_bar(const struct drawing *drawing, size_t bar, int x)
{
	int height = height_of(drawing, total_at(drawing->chart, bar));
	int full = height / EIGHTHS, rest = height % EIGHTHS;
	size_t above = rest ? series_at(drawing, bar, full * 2 * EIGHTHS + rest) : 0;

	for (int i = 0; rest && i < bar_width(drawing->chart); i++)
		put(drawing, drawing->rows - 1 - full, x + i, GLYPH_EIGHTH + (enum glyph)(rest - 1),
			drawing->chart->series[above].style);
	above = drawing->chart->series_count;
	for (int row = full - 1; row >= 0; row--) {
		size_t series = series_at(drawing, bar, row * 2 * EIGHTHS + EIGHTHS);

		draw_cell(drawing, drawing->rows - 1 - row, x, series, series != above);
		above = series;
	}
}

static int bar_x(const struct drawing *drawing, size_t bar)
{
	return AXIS + (int)(bar - drawing->chart->first) * drawing->chart->pitch;
}

static void draw_bars(const struct drawing *drawing)
{
	const struct chart *chart = drawing->chart;
	int x = bar_x(drawing, chart->at) + (bar_width(chart) - 1) / 2;

	for (int y = 0; y < drawing->rows; y++)
		put(drawing, y, x, GLYPH_GUIDE, STYLE_QUIET);
	for (size_t bar = chart->first; bar < chart->first + (size_t)drawing->bars; bar++)
		draw_bar(drawing, bar, bar_x(drawing, bar));
	put(drawing, drawing->rows, x, GLYPH_CURSOR, STYLE_STRONG);
	canvas_cursor(&drawing->canvas, drawing->rows, x);
}

/* ---- axes ---- */

static void put_amount(const struct canvas *canvas, int y, guint64 amount)
{
	char text[24];

	amount_text(amount, text);
	canvas_printf(canvas, y, 0, AXIS - 1, STYLE_QUIET, "%*s", AXIS - 1, text);
}

static void draw_values(const struct drawing *drawing)
{
	guint64 step = chart_step(drawing->top, drawing->rows / TICK_LINES);

	for (int y = 0; y < drawing->rows; y++)
		put(drawing, y, AXIS - 1, GLYPH_WALL, STYLE_QUIET);
	for (guint64 value = step; value <= drawing->top; value += step) {
		int y = drawing->rows -
			(int)((double)value * drawing->rows / (double)drawing->top + 0.5);

		put_amount(&drawing->canvas, y, value);
		put(drawing, y, AXIS - 1, GLYPH_TICK_Y, STYLE_QUIET);
	}
}

/* Where there is room: `taken` is where there is none any more, by column. */
static void put_tick(const struct drawing *drawing, size_t bar, bool *taken)
{
	const char *text = drawing->chart->ticks[bar].text;
	int x = bar_x(drawing, bar), width = (int)strlen(text);

	if (!width || x + width > drawing->canvas.width)
		return;
	if (!drawing->chart->ticks[bar].rank && width >= drawing->chart->pitch)
		return;
	for (int i = x - 1; i <= x + width && i < drawing->canvas.width; i++)
		if (taken[i])
			return;
	memset(taken + x, true, (size_t)width);
	canvas_text(&drawing->canvas, drawing->rows + 1, x, width, text, STYLE_QUIET);
	put(drawing, drawing->rows, x, GLYPH_TICK_X, STYLE_QUIET);
}

static void draw_dates(const struct drawing *drawing)
{
	const struct chart *chart = drawing->chart;
	g_autofree bool *taken = g_new0(bool, (gsize)drawing->canvas.width + 1);

	put_amount(&drawing->canvas, drawing->rows, 0);
	put(drawing, drawing->rows, AXIS - 1, GLYPH_CORNER, STYLE_QUIET);
	for (int x = AXIS; x < drawing->canvas.width; x++)
		put(drawing, drawing->rows, x, GLYPH_LINE, STYLE_QUIET);
	for (int rank = CHART_TICK_RANKS - 1; rank >= 0; rank--)
		for (size_t bar = chart->first; bar < chart->first + (size_t)drawing->bars; bar++)
			if (chart->ticks[bar].rank == rank)
				put_tick(drawing, bar, taken);
}

void chart_draw(const struct chart *chart, const struct canvas *canvas)
{
	struct drawing drawing = {
		.chart = chart, .canvas = *canvas, .rows = canvas->height - FOOT, .top = 1};

	if (drawing.rows < 1 || canvas->width <= AXIS || chart->first >= chart->count)
		return;
	drawing.bars = (int)MIN(
		(size_t)chart_bars(canvas->width, chart->pitch), chart->count - chart->first);
	for (int i = 0; i < drawing.bars; i++)
		drawing.top = MAX(drawing.top, total_at(chart, chart->first + (size_t)i));
	drawing_start(&drawing);
	draw_values(&drawing);
	draw_dates(&drawing);
	draw_bars(&drawing);
	drawing_end(&drawing);
}

/* ---- legend ---- */

/* Columns of an amount, as of the total. */
#define VALUE 7

static int legend_entries(const struct chart *chart)
{
	return (int)chart->series_count + (chart->sum ? 1 : 0);
}

int chart_legend_lines(const struct chart *chart, int columns)
{
	return 1 + (legend_entries(chart) + columns - 1) / columns;
}

static void put_value(const struct canvas *line, int x, guint64 value, enum style style)
{
	char text[24];

	if (value < 1000000)
		g_snprintf(text, sizeof(text), "%" G_GUINT64_FORMAT, value);
	else
		amount_text(value, text);
	canvas_printf(line, 0, x, VALUE, style, "%*s", VALUE, text);
}

static void draw_swatch(
	const struct chart *chart, const struct canvas *line, size_t series, enum style style)
{
	struct shown *letter = shown_new((struct span){&chart->series[series].letter, 1});

	put_letter(line, 0, 0, letter, style);
	canvas_text(line, 0, 1, 1, chart->ascii ? " " : unicode[fill_of(series)], style);
	shown_free(letter);
}

static void draw_entry(
	const struct chart *chart, const struct canvas *line, int entry, bool selected)
{
	bool is_sum = entry == (int)chart->series_count;
	const struct chart_series *series = is_sum ? chart->sum : &chart->series[entry];
	int x = line->width - 2 * VALUE - 1;
	struct canvas name = *line;

	name.selected = selected;
	if (!is_sum)
		draw_swatch(chart, line, (size_t)entry, series->style);
	canvas_text(line, 0, 2, 1, selected ? ">" : NULL, STYLE_MARKED);
	canvas_text(&name, 0, 3, x - 3, series->name, series->style);
	put_value(line, x, series->counts[chart->at], STYLE_STRONG);
	put_value(line, x + VALUE, (guint64)MAX(series->total, 0), STYLE_QUIET);
}

void chart_draw_legend(const struct chart *chart, const struct canvas *canvas, int columns,
	const char *heading, int selected)
{
	int lines = chart_legend_lines(chart, columns) - 1;
	int width = canvas->width / columns;

	if (chart->at >= chart->count)
		return;
	for (int column = 0; column < columns; column++) {
		struct canvas part = *canvas;
		int x = width - 2 * VALUE - 1;

		part.x += column * width;
		part.width = width;
		canvas_text(&part, 0, 0, x, column ? NULL : heading, STYLE_HEADING);
		if (column * lines < legend_entries(chart))
			canvas_printf(&part, 0, x, 2 * VALUE, STYLE_QUIET, "%*s%*s", VALUE, "here",
				VALUE, "in all");
		for (int i = 0; i < lines && column * lines + i < legend_entries(chart); i++) {
			struct canvas line = canvas_rows(&part, 1 + i, 1);

			draw_entry(
				chart, &line, column * lines + i, column * lines + i == selected);
		}
	}
}
