/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Local remotes and those of ssh. libgit2 brings both: but what it does with a local one runs no
 * hook there and overwrites what others push at the same moment, and its ssh knows neither the
 * user's configuration nor how today's servers check RSA keys. So git's programs do it, as they do
 * for git itself: `git receive-pack` here, or behind the user's ssh.
 */
#include "rules/repo_net.h"
#include "rules/repo_program.h"

#include <errno.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long it is waited before it is asked whether to go on. */
#define STEP_MS 50
/* How long the program may take to end when all is said. */
#define END_MS 5000
#define SAID_MAX 8192

/* ---- URLs ---- */

static bool is_option(const char *text, const char *what, GError **error)
{
	if (text && *text != '-')
		return false;
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_INVALID,
		"the remote's URL names a strange %s: %s", what, text ? text : "(none)");
	return true;
}

/* What stands behind the host of `ssh://[user@]host[:port]/path`. */
static void split_port(struct repo_url *url)
{
	char *from = strrchr(url->host, '@');
	char *bracket = strchr(from ? from : url->host, '[');
	char *end = bracket ? strchr(bracket, ']') : NULL;
	char *colon = strrchr(end ? end : from ? from : url->host, ':');

	if (colon && colon[1])
		url->port = g_strdup(colon + 1);
	if (colon)
		*colon = '\0';
	if (end) {
		memmove(end, end + 1, strlen(end + 1) + 1);
		memmove(bracket, bracket + 1, strlen(bracket + 1) + 1);
	}
}

static void parse_ssh(const char *rest, struct repo_url *url)
{
	const char *slash = strchr(rest, '/');

	url->kind = REPO_URL_SSH;
	url->host = slash ? g_strndup(rest, (gsize)(slash - rest)) : g_strdup(rest);
	/* /~user is a home directory there */
	url->path = g_strdup(slash && slash[1] == '~' ? slash + 1 : slash);
	split_port(url);
}

/* `host:path`, but for a path with a colon behind a slash. */
static bool is_scp_like(const char *url)
{
	const char *end = *url == '[' ? strchr(url, ']') : url;
	const char *colon = end ? strchr(end, ':') : NULL;
	const char *slash = strchr(url, '/');

	return colon && (!slash || colon < slash);
}

static void parse_scp_like(const char *text, struct repo_url *url)
{
	const char *colon = strchr(*text == '[' ? strchr(text, ']') : text, ':');

	url->kind = REPO_URL_SSH;
	url->host = g_strndup(text, (gsize)(colon - text));
	url->path = g_strdup(colon + 1);
	if (*url->host == '[')
		split_port(url);
}

static void parse_local(const char *path, const char *dir, struct repo_url *url)
{
	url->kind = REPO_URL_LOCAL;
	url->path = g_canonicalize_filename(path, dir);
}

static const char *after(const char *text, const char *prefix)
{
	return g_ascii_strncasecmp(text, prefix, strlen(prefix)) == 0 ? text + strlen(prefix)
								      : NULL;
}

static const char *after_ssh(const char *url)
{
	static const char *const schemes[] = {"ssh://", "git+ssh://", "ssh+git://"};
	const char *rest = NULL;

	for (size_t i = 0; !rest && i < G_N_ELEMENTS(schemes); i++)
		rest = after(url, schemes[i]);
	return rest;
}

bool repo_url_parse(const char *url, const char *dir, struct repo_url *parsed, GError **error)
{
	g_autofree char *plain = strstr(url, "://") ? g_uri_unescape_string(url, NULL) : NULL;
	const char *text = plain ? plain : url;

	*parsed = (struct repo_url){.kind = REPO_URL_OTHER};
	if (after(text, "file://"))
		parse_local(after(text, "file://"), dir, parsed);
	else if (after_ssh(text))
		parse_ssh(after_ssh(text), parsed);
	else if (strstr(text, "://") || strstr(text, "::"))
		return true;
	else if (is_scp_like(text))
		parse_scp_like(text, parsed);
	else
		parse_local(text, dir, parsed);
	if (!is_option(parsed->path, "path", error) &&
		(parsed->kind != REPO_URL_SSH || !is_option(parsed->host, "host", error)))
		return true;
	repo_url_clear(parsed);
	return false;
}

void repo_url_clear(struct repo_url *url)
{
	g_free(url->host);
	g_free(url->port);
	g_free(url->path);
	*url = (struct repo_url){0};
}

/* ---- the program ---- */

/* Variables that speak of the repository here, not of the one there. */
static char **environment_there(void)
{
	static const char *const ours[] = {"GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR",
		"GIT_CONFIG", "GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS", "GIT_DIR",
		"GIT_GRAFT_FILE", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_NAMESPACE",
		"GIT_NO_REPLACE_OBJECTS", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX",
		"GIT_REPLACE_REF_BASE", "GIT_SHALLOW_FILE", "GIT_WORK_TREE"};
	char **environment = g_get_environ();

	for (size_t i = 0; i < G_N_ELEMENTS(ours); i++)
		environment = g_environ_unsetenv(environment, ours[i]);
	return environment;
}

static char *config_text(const struct repo_net *net, const char *key)
{
	git_config *config = NULL;
	const char *value = NULL;
	char *text = NULL;

	if (git_repository_config_snapshot(&config, net->git) == 0 &&
		git_config_get_string(&value, config, key) == 0 && *value)
		text = g_strdup(value);
	git_config_free(config);
	return text;
}

/* A command that the user configured is a line of shell to git, and to it the arguments are added.
 */
static void add_ssh(const struct repo_net *net, GPtrArray *argv)
{
	const char *command = g_getenv("GIT_SSH_COMMAND"), *program = g_getenv("GIT_SSH");
	char *line = command && *command ? g_strdup(command) : config_text(net, "core.sshcommand");

	if (!line) {
		g_ptr_array_add(argv, g_strdup(program && *program ? program : "ssh"));
		return;
	}
	g_ptr_array_add(argv, g_strdup("sh"));
	g_ptr_array_add(argv, g_strdup("-c"));
	g_ptr_array_add(argv, g_strconcat(line, " \"$@\"", NULL));
	g_ptr_array_add(argv, line);
}

static void add_remote_command(const struct repo_net *net, const struct repo_url *url,
	const char *service, GPtrArray *argv)
{
	g_autofree char *key = g_strdup_printf("remote.%s.%spack", net->remote,
		strcmp(service, "upload-pack") == 0 ? "upload" : "receive");
	g_autofree char *program = config_text(net, key);
	g_autofree char *quoted = g_shell_quote(url->path);

	g_ptr_array_add(argv, program ? g_strdup_printf("%s %s", program, quoted)
				      : g_strdup_printf("git-%s %s", service, quoted));
}

static GPtrArray *command(
	const struct repo_net *net, const struct repo_url *url, const char *service)
{
	GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

	if (url->kind == REPO_URL_LOCAL) {
		g_ptr_array_add(argv, g_strdup("git"));
		g_ptr_array_add(argv, g_strdup(service));
		g_ptr_array_add(argv, g_strdup(url->path));
	} else {
		add_ssh(net, argv);
		if (url->port) {
			g_ptr_array_add(argv, g_strdup("-p"));
			g_ptr_array_add(argv, g_strdup(url->port));
		}
		g_ptr_array_add(argv, g_strdup(url->host));
		add_remote_command(net, url, service, argv);
	}
	g_ptr_array_add(argv, NULL);
	return argv;
}

/* ---- the stream ---- */

struct stream {
	git_smart_subtransport_stream base;
	struct repo_net *net;
	GPid pid;
	int in, out, err; /* the program's; -1: closed */
};

struct transport {
	git_smart_subtransport base;
	struct repo_net *net;
	struct stream *stream;
};

static int fail(const char *why)
{
	git_error_set_str(GIT_ERROR_NET, why);
	return -1;
}

static bool take_said(struct stream *stream)
{
	GString *said = stream->net->said;
	char bytes[1024];
	ssize_t count = read(stream->err, bytes, sizeof(bytes));

	if (count > 0) {
		g_string_append_len(said, bytes, count);
		if (said->len > SAID_MAX)
			g_string_erase(said, 0, (gssize)(said->len - SAID_MAX));
	} else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
		close(stream->err);
		stream->err = -1;
	}
	return count > 0;
}

/* Waits until it can be gone on with `fd`; what the program says meanwhile is taken. */
static int wait_for(struct stream *stream, int fd, short events)
{
	for (;;) {
		struct pollfd fds[] = {{fd, events, 0}, {stream->err, POLLIN, 0}};

		if (g_atomic_int_get(stream->net->cancelled))
			return fail("cancelled");
		if (poll(fds, 2, STEP_MS) < 0 && errno != EINTR)
			return fail(g_strerror(errno));
		if (fds[1].revents)
			take_said(stream);
		if (!fds[0].revents)
			continue;
		stream->net->alive(stream->net->user);
		return 0;
	}
}

static int stream_read(
	git_smart_subtransport_stream *base, char *buffer, size_t size, size_t *bytes_read)
{
	struct stream *stream = (struct stream *)base;
	ssize_t count;

	*bytes_read = 0;
	do {
		if (wait_for(stream, stream->out, POLLIN) < 0)
			return -1;
		count = read(stream->out, buffer, size);
	} while (count < 0 && (errno == EINTR || errno == EAGAIN));
	if (count < 0)
		return fail(g_strerror(errno));
	*bytes_read = (size_t)count;
	return 0;
}

static int stream_write(git_smart_subtransport_stream *base, const char *buffer, size_t len)
{
	struct stream *stream = (struct stream *)base;

	while (len) {
		ssize_t count;

		if (wait_for(stream, stream->in, POLLOUT) < 0)
			return -1;
		count = write(stream->in, buffer, len);
		if (count < 0 && errno != EINTR && errno != EAGAIN)
			return fail(g_strerror(errno));
		buffer += MAX(count, 0);
		len -= (size_t)MAX(count, 0);
	}
	return 0;
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* It ends by itself when nobody speaks to it any more. What it still says may tell why it failed.
 */
static void end_program(struct stream *stream)
{
	gint64 deadline = g_get_monotonic_time() + END_MS * 1000;
	bool killed = false;

	close_end(&stream->in);
	close_end(&stream->out);
	while (waitpid(stream->pid, NULL, WNOHANG) == 0) {
		struct pollfd err = {stream->err, POLLIN, 0};
		bool late = g_get_monotonic_time() > deadline;

		if (!killed && (late || g_atomic_int_get(stream->net->cancelled))) {
			kill(-stream->pid, SIGTERM);
			kill(stream->pid, SIGTERM);
			killed = true;
			deadline += END_MS * 1000;
		} else if (killed && late) {
			kill(stream->pid, SIGKILL);
		}
		if (poll(&err, 1, STEP_MS / 5) > 0)
			take_said(stream);
	}
	while (stream->err >= 0 && take_said(stream))
		;
	close_end(&stream->err);
}

static void stream_free(git_smart_subtransport_stream *base)
{
	struct stream *stream = (struct stream *)base;
	struct transport *transport = (struct transport *)base->subtransport;

	end_program(stream);
	if (transport->stream == stream)
		transport->stream = NULL;
	g_free(stream);
}

static struct stream *stream_new(struct transport *transport, const GPtrArray *argv)
{
	struct repo_net *net = transport->net;
	struct stream *stream = g_new0(struct stream, 1);
	g_auto(GStrv) environment = environment_there();
	g_autoptr(GError) failed = NULL;

	stream->base = (git_smart_subtransport_stream){
		&transport->base, stream_read, stream_write, stream_free};
	stream->net = net;
	if (!g_spawn_async_with_pipes(net->dir, (char **)argv->pdata, environment,
		    G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, repo_program_child,
		    GINT_TO_POINTER(!net->terminal), &stream->pid, &stream->in, &stream->out,
		    &stream->err, &failed)) {
		fail(failed->message);
		g_free(stream);
		return NULL;
	}
	g_unix_set_fd_nonblocking(stream->in, TRUE, NULL);
	g_unix_set_fd_nonblocking(stream->out, TRUE, NULL);
	g_unix_set_fd_nonblocking(stream->err, TRUE, NULL);
	return stream;
}

/* ---- the transport ---- */

static int transport_action(git_smart_subtransport_stream **out, git_smart_subtransport *base,
	const char *text, git_smart_service_t action)
{
	struct transport *transport = (struct transport *)base;
	bool fetches = action == GIT_SERVICE_UPLOADPACK_LS || action == GIT_SERVICE_UPLOADPACK;
	g_autoptr(GError) bad = NULL;
	struct repo_url url;

	/* The smart transport says goodbye also where nobody listens any more. */
	if (!transport->stream &&
		(action == GIT_SERVICE_UPLOADPACK_LS || action == GIT_SERVICE_RECEIVEPACK_LS)) {
		if (!repo_url_parse(text, transport->net->dir, &url, &bad))
			return fail(bad->message);
		g_autoptr(GPtrArray) argv =
			command(transport->net, &url, fetches ? "upload-pack" : "receive-pack");
		transport->stream = stream_new(transport, argv);
		repo_url_clear(&url);
	}
	if (!transport->stream)
		return -1;
	*out = &transport->stream->base;
	return 0;
}

/* The stream belongs to the smart transport. */
static int transport_close(git_smart_subtransport *base)
{
	(void)base;
	return 0;
}

static void transport_free(git_smart_subtransport *base)
{
	g_free(base);
}

static int transport_new(git_smart_subtransport **out, git_transport *owner, void *param)
{
	struct transport *transport = g_new0(struct transport, 1);

	(void)owner;
	transport->base =
		(git_smart_subtransport){transport_action, transport_close, transport_free};
	transport->net = param;
	*out = &transport->base;
	return 0;
}

int repo_transport(git_transport **out, git_remote *owner, void *payload)
{
	git_smart_subtransport_definition definition = {transport_new, 0, payload};

	return git_transport_smart(out, owner, &definition);
}
