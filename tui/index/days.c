/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/index/days.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Further from noon than this no day begins, whatever the clock does. */
#define HALF_DAY (18 * 3600)

static guint32 day_of_tm(const struct tm *tm)
{
	GDate date;
	guint32 day;

	if (tm->tm_year < 1 - 1900 || tm->tm_year > 9999 - 1900)
		return 0;
	g_date_clear(&date, 1);
	g_date_set_dmy(&date, (GDateDay)tm->tm_mday, (GDateMonth)(tm->tm_mon + 1),
		(GDateYear)(tm->tm_year + 1900));
	day = g_date_get_julian(&date);
	return day <= DAYS_LAST ? day : 0;
}

guint32 days_of(gint64 time)
{
	time_t then = (time_t)time;
	struct tm tm;

	return localtime_r(&then, &tm) ? day_of_tm(&tm) : 0;
}

static gint64 noon(guint32 day)
{
	struct tm tm = {.tm_hour = 12, .tm_isdst = -1};
	GDate date;

	g_date_clear(&date, 1);
	g_date_set_julian(&date, day);
	tm.tm_mday = g_date_get_day(&date);
	tm.tm_mon = (int)g_date_get_month(&date) - 1;
	tm.tm_year = g_date_get_year(&date) - 1900;
	return (gint64)mktime(&tm);
}

/* mktime(3) cannot be asked for midnight: on some days there is none. */
gint64 days_start(guint32 day)
{
	gint64 high = noon(day), low = high - HALF_DAY;

	while (high - low > 1) {
		gint64 middle = low + (high - low) / 2;

		if (days_of(middle) < day)
			low = middle;
		else
			high = middle;
	}
	return high;
}

static bool is_shaped(const char *text)
{
	static const char shape[] = "0000-00-00";

	for (size_t i = 0; i < sizeof(shape); i++)
		if (shape[i] == '0' ? !g_ascii_isdigit(text[i]) : text[i] != shape[i])
			return false;
	return true;
}

bool days_parse(const char *text, guint32 *day)
{
	GDateYear y;
	GDateMonth m;
	GDateDay d;
	GDate date;

	if (!is_shaped(text))
		return false;
	y = (GDateYear)atoi(text);
	m = (GDateMonth)atoi(text + strlen("2026-"));
	d = (GDateDay)atoi(text + strlen("2026-11-"));
	if (!g_date_valid_dmy(d, m, y))
		return false;
	g_date_clear(&date, 1);
	g_date_set_dmy(&date, d, m, y);
	*day = g_date_get_julian(&date);
	return true;
}

const char *days_text(guint32 day, char text[DAYS_TEXT])
{
	GDate date;

	if (!g_date_valid_julian(day)) {
		g_strlcpy(text, "-", DAYS_TEXT);
		return text;
	}
	g_date_clear(&date, 1);
	g_date_set_julian(&date, day);
	g_snprintf(text, DAYS_TEXT, "%04u-%02u-%02u", (unsigned)g_date_get_year(&date),
		(unsigned)g_date_get_month(&date), (unsigned)g_date_get_day(&date));
	return text;
}
