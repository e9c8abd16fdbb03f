/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/compiled.h"

#include "rules/query.h"

static struct pattern *compile(const char *text)
{
	g_autofree char *message = NULL;

	return text && *text ? pattern_new(text, &message) : NULL;
}

struct compiled *compiled_new(const struct rule *rule)
{
	struct compiled *compiled = g_new0(struct compiled, 1);

	compiled->rule = rule;
	compiled->host = compile(rule->host);
	compiled->path = compile(rule->path);
	compiled->query = compile(rule->query);
	compiled->fragment = compile(rule->fragment);
	compiled->param_count = rule->params->len;
	compiled->params = g_new0(struct compiled_param, rule->params->len);
	for (guint i = 0; i < rule->params->len; i++) {
		const struct rule_pair *pair = rule->params->pdata[i];

		compiled->params[i] = (struct compiled_param){pair->name, compile(pair->value)};
	}
	return compiled;
}

void compiled_free(struct compiled *compiled)
{
	pattern_free(compiled->host);
	pattern_free(compiled->path);
	pattern_free(compiled->query);
	pattern_free(compiled->fragment);
	for (guint i = 0; i < compiled->param_count; i++)
		pattern_free(compiled->params[i].pattern);
	g_free(compiled->params);
	g_free(compiled);
}

/* Whether a pattern that is asked for could match as far as lengths tell. */
static bool fits(const struct pattern *pattern, struct span subject)
{
	return !pattern || pattern_fits(pattern, subject);
}

static bool matches(
	const struct pattern *pattern, struct span subject, pattern_group_fn group, void *user)
{
	return !pattern || pattern_match(pattern, subject, group, user);
}

static bool params_hold(
	const struct compiled *compiled, const struct url *url, pattern_group_fn group, void *user)
{
	for (guint i = 0; i < compiled->param_count; i++) {
		const struct compiled_param *param = &compiled->params[i];
		struct span value;

		if (!query_find(url_query(url), param->name, &value) ||
			!matches(param->pattern, value, group, user))
			return false;
	}
	return true;
}

bool compiled_holds(
	const struct compiled *compiled, const struct url *url, pattern_group_fn group, void *user)
{
	/* Most rules fail on a length, before any pattern runs. */
	if (!fits(compiled->path, url_path(url)) || !fits(compiled->query, url_query(url)) ||
		!fits(compiled->fragment, url_fragment(url)))
		return false;
	return matches(compiled->host, url_host(url), group, user) &&
	       matches(compiled->path, url_path(url), group, user) &&
	       matches(compiled->query, url_query(url), group, user) &&
	       matches(compiled->fragment, url_fragment(url), group, user) &&
	       params_hold(compiled, url, group, user);
}

void compiled_each_subject(const struct compiled *compiled, const struct url *url,
	compiled_subject_fn visit, void *user)
{
	struct span value;

	if (compiled->host)
		visit(user, compiled->host, url_host(url));
	if (compiled->path)
		visit(user, compiled->path, url_path(url));
	if (compiled->query && url_query(url).ptr)
		visit(user, compiled->query, url_query(url));
	if (compiled->fragment && url_fragment(url).ptr)
		visit(user, compiled->fragment, url_fragment(url));
	for (guint i = 0; i < compiled->param_count; i++)
		if (compiled->params[i].pattern &&
			query_find(url_query(url), compiled->params[i].name, &value))
			visit(user, compiled->params[i].pattern, value);
}

static bool is_quarantined(const struct pattern *pattern)
{
	return pattern && pattern_quarantined(pattern);
}

const char *compiled_quarantined(const struct compiled *compiled)
{
	if (is_quarantined(compiled->host))
		return "host";
	if (is_quarantined(compiled->path))
		return "path";
	if (is_quarantined(compiled->query))
		return "query";
	if (is_quarantined(compiled->fragment))
		return "fragment";
	for (guint i = 0; i < compiled->param_count; i++)
		if (is_quarantined(compiled->params[i].pattern))
			return compiled->params[i].name;
	return NULL;
}
