/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/widget/scroll.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_at(const struct scroll *scroll, size_t at, size_t top)
{
	assert_int_equal(scroll->at, at);
	assert_int_equal(scroll->top, top);
}

static void test_list(void **state)
{
	struct scroll scroll = {.count = 100};

	(void)state;
	scroll_fit(&scroll, 10);
	assert_at(&scroll, 0, 0);
	scroll_by(&scroll, 9);
	scroll_fit(&scroll, 10);
	assert_at(&scroll, 9, 0);
	scroll_by(&scroll, 1);
	scroll_fit(&scroll, 10);
	assert_at(&scroll, 10, 1);
	scroll_by(&scroll, scroll_page(&scroll));
	scroll_fit(&scroll, 10);
	assert_at(&scroll, 19, 10);
	/* Up within the page: it stands still. */
	scroll_by(&scroll, -9);
	scroll_fit(&scroll, 10);
	assert_at(&scroll, 10, 10);
	scroll_by(&scroll, -1);
	scroll_fit(&scroll, 10);
	assert_at(&scroll, 9, 9);
}

static void test_bounds(void **state)
{
	struct scroll scroll = {.count = 5};

	(void)state;
	scroll_fit(&scroll, 10);
	scroll_by(&scroll, -1);
	assert_at(&scroll, 0, 0);
	scroll_by(&scroll, 1000);
	scroll_fit(&scroll, 10);
	assert_at(&scroll, 4, 0);
	scroll_to(&scroll, G_MAXSIZE);
	assert_at(&scroll, 4, 0);
	scroll_by(&scroll, G_MINLONG);
	assert_at(&scroll, 0, 0);
	scroll.at = 3;
	scroll_by(&scroll, G_MAXLONG);
	assert_at(&scroll, 4, 0);
}

static void test_empty(void **state)
{
	struct scroll scroll = {0};

	(void)state;
	scroll_fit(&scroll, 10);
	scroll_by(&scroll, 1);
	scroll_to(&scroll, 7);
	scroll_fit(&scroll, 10);
	assert_at(&scroll, 0, 0);
	assert_true(scroll_near_end(&scroll));
}

static void test_pager(void **state)
{
	struct scroll scroll = {.count = 30, .pager = true};

	(void)state;
	scroll_fit(&scroll, 10);
	scroll_by(&scroll, 1);
	scroll_fit(&scroll, 10);
	assert_at(&scroll, 1, 1);
	/* The last page is full. */
	scroll_to(&scroll, 29);
	scroll_fit(&scroll, 10);
	assert_at(&scroll, 20, 20);
	/* A short text does not move. */
	scroll = (struct scroll){.count = 4, .pager = true};
	scroll_fit(&scroll, 10);
	scroll_by(&scroll, 1);
	scroll_fit(&scroll, 10);
	assert_at(&scroll, 0, 0);
}

static void test_resize(void **state)
{
	struct scroll scroll = {.count = 100, .at = 99};

	(void)state;
	scroll_fit(&scroll, 10);
	assert_at(&scroll, 99, 90);
	/* A larger screen is filled, a smaller one keeps the selected line in sight. */
	scroll_fit(&scroll, 50);
	assert_at(&scroll, 99, 50);
	scroll_fit(&scroll, 3);
	assert_at(&scroll, 99, 97);
	scroll_fit(&scroll, 0);
	assert_at(&scroll, 99, 99);
	scroll_fit(&scroll, -1);
	assert_at(&scroll, 99, 99);
	assert_int_equal(scroll_page(&scroll), 1);
	/* Lines went away. */
	scroll.count = 20;
	scroll_fit(&scroll, 10);
	assert_at(&scroll, 19, 10);
	scroll.count = 0;
	scroll_fit(&scroll, 10);
	assert_at(&scroll, 0, 0);
}

static void test_near_end(void **state)
{
	struct scroll scroll = {.count = 100};

	(void)state;
	scroll_fit(&scroll, 10);
	assert_false(scroll_near_end(&scroll));
	scroll_to(&scroll, 79);
	assert_false(scroll_near_end(&scroll));
	scroll_to(&scroll, 80);
	assert_true(scroll_near_end(&scroll));
}

/* Whatever is done, the selected line is one there is, and in sight. */
static void test_random(void **state)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(3);
	struct scroll scroll = {0};

	(void)state;
	for (int round = 0; round < 100000; round++) {
		int height = g_rand_int_range(random, 0, 12);

		if (round % 50 == 0)
			scroll = (struct scroll){.pager = g_rand_boolean(random)};
		if (g_rand_int_range(random, 0, 10) == 0)
			scroll.count = (size_t)g_rand_int_range(random, 0, 40);
		if (g_rand_boolean(random))
			scroll_by(&scroll, g_rand_int_range(random, -15, 16));
		else
			scroll_to(&scroll, (size_t)g_rand_int_range(random, 0, 50));
		scroll_fit(&scroll, height);
		size_t lines = (size_t)MAX(height, 1);
		assert_true(scroll.count ? scroll.at < scroll.count : scroll.at == 0);
		assert_true(scroll.top <= scroll.at && scroll.at < scroll.top + lines);
		assert_true(scroll.top + lines <= scroll.count || scroll.top == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_pager),
		cmocka_unit_test(test_resize),
		cmocka_unit_test(test_near_end),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
