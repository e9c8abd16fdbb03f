/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/problem.h"

static void problem_free(gpointer data)
{
	struct problem *problem = data;

	g_free(problem->file);
	g_free(problem->what);
	g_free(problem);
}

struct problems *problems_new(void)
{
	struct problems *problems = g_new0(struct problems, 1);

	problems->list = g_ptr_array_new_with_free_func(problem_free);
	return problems;
}

void problems_free(struct problems *problems)
{
	if (!problems)
		return;
	g_ptr_array_unref(problems->list);
	g_free(problems);
}

void problems_add(
	struct problems *problems, const char *file, unsigned line, const char *format, ...)
{
	va_list args;

	if (!problems)
		return;
	struct problem *problem = g_new0(struct problem, 1);
	problem->file = g_strdup(file);
	problem->line = line;
	va_start(args, format);
	problem->what = g_strdup_vprintf(format, args);
	va_end(args);
	g_ptr_array_add(problems->list, problem);
}

size_t problems_count(const struct problems *problems)
{
	return problems->list->len;
}

char *problem_text(const struct problem *problem)
{
	if (!problem->file)
		return g_strdup(problem->what);
	if (!problem->line)
		return g_strdup_printf("%s: %s", problem->file, problem->what);
	return g_strdup_printf("%s:%u: %s", problem->file, problem->line, problem->what);
}
