/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finding the rule of a URL allocates nothing once each pattern has been used. Runs from the root
 * of the sources; skipped under a sanitizer, which has an allocator of its own.
 */
#include "rules/matcher.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static unsigned long allocations;

#ifndef __SANITIZE_ADDRESS__
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);

void *malloc(size_t size)
{
	allocations++;
	return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	allocations++;
	return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
	allocations++;
	return __libc_realloc(block, size);
}
#endif

static struct matcher *catalogue(void)
{
	struct problems *problems = problems_new();
	struct ruleset *ruleset = ruleset_load("rules/catalogue", problems, NULL);

	assert_non_null(ruleset);
	struct matcher *matcher = matcher_new(ruleset);
	ruleset_unref(ruleset);
	problems_free(problems);
	return matcher;
}

static GPtrArray *test_urls(const struct ruleset *ruleset)
{
	const GPtrArray *rules = ruleset_rules(ruleset);
	GPtrArray *urls = g_ptr_array_new_with_free_func((GDestroyNotify)url_free);

	for (guint i = 0; i < rules->len; i++) {
		const struct rule *rule = rules->pdata[i];

		for (guint j = 0; j < rule->matches->len; j++) {
			const char *text = ((struct rule_test *)rule->matches->pdata[j])->url;

			g_ptr_array_add(urls, url_parse(text, strlen(text), NULL));
		}
	}
	return urls;
}

static void test_find(void **state)
{
	unsigned long before = allocations;
	unsigned found = 0;

	(void)state;
	g_free(g_malloc(1));
	if (allocations == before)
		skip();
	struct matcher *matcher = catalogue();
	g_autoptr(GPtrArray) urls = test_urls(matcher_ruleset(matcher));
	for (unsigned round = 0; round < 2; round++) {
		before = allocations;
		for (guint i = 0; i < urls->len; i++)
			found += matcher_find(matcher, urls->pdata[i]) != NULL;
	}
	assert_int_equal(allocations, before);
	assert_true(found > urls->len);
	matcher_unref(matcher);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_find)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
