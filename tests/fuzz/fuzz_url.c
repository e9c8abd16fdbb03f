/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The input is a base, up to the first newline or NUL, and a reference that is resolved against it
 * (against none where the base is empty); asserts what has to hold for every URL.
 */
#include "rules/domain.h"
#include "rules/query.h"
#include "rules/url.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_slice(const struct url *url, struct span slice)
{
	const char *href = url_href(url), *end = href + strlen(href);

	if (slice.ptr)
		g_assert_true(slice.ptr >= href && slice.len <= (size_t)(end - slice.ptr));
}

static void check_slices(const struct url *url)
{
	check_slice(url, url_scheme(url));
	check_slice(url, url_username(url));
	check_slice(url, url_password(url));
	check_slice(url, url_host(url));
	check_slice(url, url_port(url));
	check_slice(url, url_path(url));
	check_slice(url, url_query(url));
	check_slice(url, url_fragment(url));
	g_assert_nonnull(url_scheme(url).ptr);
	g_assert_nonnull(url_path(url).ptr);
	g_assert_true((url_host(url).ptr == NULL) == (url_host_kind(url) == URL_HOST_NONE));
}

static void assert_same(struct span a, struct span b)
{
	g_assert_cmpmem(a.ptr, a.len, b.ptr, b.len);
	g_assert_true((a.ptr == NULL) == (b.ptr == NULL));
}

/* Parsing the serialisation gives the same URL. */
static void check_idempotent(const struct url *url)
{
	const char *href = url_href(url);
	size_t len = strlen(href);

	if (len > URL_MAX_LENGTH)
		return;
	struct url *again = url_parse(href, len, NULL);
	g_assert_nonnull(again);
	g_assert_cmpstr(url_href(again), ==, href);
	g_assert_true(url_same_target(url, again));
	g_assert_cmpint(url_host_kind(again), ==, url_host_kind(url));
	assert_same(url_username(again), url_username(url));
	assert_same(url_password(again), url_password(url));
	assert_same(url_host(again), url_host(url));
	assert_same(url_port(again), url_port(url));
	assert_same(url_path(again), url_path(url));
	assert_same(url_query(again), url_query(url));
	assert_same(url_fragment(again), url_fragment(url));
	url_free(again);
}

/* Spaces are left only in opaque paths. */
static void check_printable(const char *href)
{
	for (; *href; href++)
		g_assert_true(*href >= ' ' && *href <= '~');
}

/* What the rest of the library does with a URL. */
static void use(const struct url *url)
{
	struct query_iter iter;
	struct span name, value, domain = domain_registrable(url_host(url));
	g_autofree char *shown = domain_to_unicode(url_host(url));
	g_autofree char *defanged = url_defang(url_href(url));

	g_assert_true((shown != NULL) == (url_host(url).ptr != NULL));
	g_assert_cmpuint(strlen(defanged), >=, strlen(url_href(url)));
	check_slice(url, domain);
	query_iter_init(&iter, url_query(url));
	while (query_iter_next(&iter, &name, &value)) {
		check_slice(url, name);
		check_slice(url, value);
	}
}

static struct url *check_parse(struct span text, const struct url *base)
{
	struct url *url = url_parse(text.ptr, text.len, base);

	if (!url)
		return NULL;
	check_printable(url_href(url));
	check_slices(url);
	check_idempotent(url);
	use(url);
	return url;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span base_text = {(const char *)data, 0};
	struct url *base = NULL;

	while (base_text.len < size && data[base_text.len] != '\0' && data[base_text.len] != '\n')
		base_text.len++;
	size_t used = MIN(base_text.len + 1, size);
	if (base_text.len > 0)
		base = check_parse(base_text, NULL);
	url_free(check_parse((struct span){(const char *)data + used, size - used}, base));
	url_free(base);
	return 0;
}
