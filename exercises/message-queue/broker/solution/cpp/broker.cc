// broker.cc - a message broker: JSON lines on standard input and output
//
// README.md is the task. All input that is there is one batch. Its lines take
// effect one after the other, in memory only; what has to survive is appended
// to the journal, what is to be said is collected. Then the journal is written,
// synced if the batch promises anything, and only then is the output written.
// So nothing is said that is not on disk, and a sync is shared by as many
// publishes as came together.
//
// A program that cannot write its journal must not go on, and there is nobody
// to report to: failures of the system are exceptions that nobody catches.
#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <unistd.h>
#include <vector>

#include <jansson.h>

namespace {

using Number = json_int_t;

// ---- JSON and the system ----

struct Decref {
	void operator()(json_t *value) const { json_decref(value); }
};

// A reference to a JSON value.
using Json = std::unique_ptr<json_t, Decref>;

template <typename... Values>
Json pack(const char *format, Values... values)
{
	Json value(json_pack(format, values...));

	if (!value)
		throw std::bad_alloc();
	return value;
}

std::string text(const Json &value)
{
	std::unique_ptr<char, decltype(&std::free)> dumped(
		json_dumps(value.get(), JSON_COMPACT), &std::free);

	if (!dumped)
		throw std::bad_alloc();
	return std::string(dumped.get()) + "\n";
}

Json parse(const std::string &line)
{
	Json value(json_loadb(line.data(), line.size(), 0, nullptr));

	if (!value)
		throw std::runtime_error("not JSON: " + line);
	return value;
}

std::string string_of(const json_t *line, const char *key)
{
	return json_string_value(json_object_get(line, key));
}

Number number_of(const json_t *line, const char *key)
{
	return json_integer_value(json_object_get(line, key));
}

bool flag_of(const json_t *line, const char *key)
{
	return json_is_true(json_object_get(line, key));
}

std::optional<Number> number_maybe(const json_t *line, const char *key)
{
	if (const json_t *value = json_object_get(line, key))
		return json_integer_value(value);
	return std::nullopt;
}

int must(int result, const char *what)
{
	if (result < 0)
		throw std::system_error(errno, std::generic_category(), what);
	return result;
}

void write_all(int fd, std::string &data)
{
	size_t done = 0;

	while (done < data.size()) {
		ssize_t written = ::write(fd, data.data() + done,
					  data.size() - done);

		if (written < 0 && errno == EINTR)
			continue;
		must(static_cast<int>(written), "write");
		done += static_cast<size_t>(written);
	}
	data.clear();
}

// ---- messages, queues, channels ----

struct Queue;
struct Channel;

struct Death {
	std::string queue;
	std::string reason;
};

// One stay of a message in a queue.
struct Message {
	Number number; // its position
	Queue *queue;
	std::string mid;
	std::string body;
	std::list<Death> deaths; // newest first
	Number since;	  // when it came, for the ttl
	Number count = 0; // deliveries so far
};

struct ByNumber {
	bool operator()(const Message *a, const Message *b) const
	{
		return a->number < b->number;
	}
};

struct Queue {
	Json declared; // as the line that declared it
	std::string name;
	std::optional<Number> max_len;
	std::optional<Number> ttl;
	std::optional<Number> limit;
	std::string dlq; // empty: none
	bool reject_publish;
	std::set<Message *, ByNumber> ready;
	std::list<Channel *> channels; // the next to serve first

	explicit Queue(json_t *line)
		: declared(json_incref(line)), name(string_of(line, "q")),
		  max_len(number_maybe(line, "max_len")),
		  ttl(number_maybe(line, "ttl")),
		  limit(number_maybe(line, "limit")),
		  dlq(json_object_get(line, "dlq") ? string_of(line, "dlq")
						   : ""),
		  reject_publish(json_object_get(line, "overflow") &&
				 string_of(line, "overflow") ==
					 "reject-publish")
	{
	}

	bool refuses() const
	{
		return reject_publish && max_len &&
		       static_cast<Number>(ready.size()) >= *max_len;
	}

	bool overflows() const
	{
		return !reject_publish && max_len &&
		       static_cast<Number>(ready.size()) > *max_len;
	}

	bool head_expired(Number now) const
	{
		return ttl && !ready.empty() &&
		       now - (*ready.begin())->since >= *ttl;
	}

	Message *take_head()
	{
		return ready.extract(ready.begin()).value();
	}

	Channel *take_channel();
};

struct Channel {
	Number number;
	Queue *queue;
	Number prefetch;
	Number last_tag = 0;
	std::map<Number, Message *> unacked; // by tag

	bool has_room() const
	{
		return prefetch == 0 ||
		       static_cast<Number>(unacked.size()) < prefetch;
	}

	// The messages that a settlement of @tag, which is there, is about.
	std::vector<Message *> take(Number tag, bool multiple)
	{
		auto end = unacked.upper_bound(tag);
		auto begin = multiple ? unacked.begin() : unacked.find(tag);
		std::vector<Message *> taken;

		for (auto at = begin; at != end; ++at)
			taken.push_back(at->second);
		unacked.erase(begin, end);
		return taken;
	}
};

// The next channel with room, which goes to the end of the line.
Channel *Queue::take_channel()
{
	auto at = std::find_if(channels.begin(), channels.end(),
			       [](Channel *c) { return c->has_room(); });

	if (at == channels.end())
		return nullptr;
	channels.splice(channels.end(), channels, at);
	return channels.back();
}

Json deaths_json(const Message &message)
{
	Json list = pack("[]");

	for (const Death &death : message.deaths)
		json_array_append_new(list.get(),
				      pack("{s:s, s:s}", "q",
					   death.queue.c_str(), "reason",
					   death.reason.c_str()).release());
	return list;
}

// Whether a message with these deaths has been in queue @name before and nobody
// has rejected it since: then it would go round for ever.
bool in_circles(const std::string &name, const std::list<Death> &deaths)
{
	for (const Death &death : deaths) {
		if (death.reason == "rejected")
			return false;
		if (death.queue == name)
			return true;
	}
	return false;
}

// ---- the journal ----

// Records, one JSON array per line. Only a kill in the middle of a write leaves
// a line without an end, and what it was about has not been promised: such a
// line is left out.
class Journal {
public:
	template <typename Replay> static void read(Replay replay)
	{
		std::ifstream file(path);
		std::string line;

		while (std::getline(file, line) && !file.eof())
			replay(parse(line).get());
	}

	void add(const Json &record) { pending += text(record); }

	// Put what was added in the place of all there is.
	void replace()
	{
		std::string fresh = std::string(path) + ".new";
		int folder = must(open("state", O_RDONLY | O_DIRECTORY),
				  "state");

		fd = must(open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
			       0600), fresh.c_str());
		write(true);
		must(rename(fresh.c_str(), path), "rename");
		must(fsync(folder), "fsync");
		close(folder);
	}

	void write(bool sync)
	{
		write_all(fd, pending);
		if (sync)
			must(fdatasync(fd), "fdatasync");
	}

private:
	static constexpr const char *path = "state/journal";
	int fd = -1;
	std::string pending;
};

// ---- the broker ----

class Broker {
public:
	Broker() { recover(); }
	void handle(const std::string &text);
	void flush();

private:
	using Settle = void (Broker::*)(Message *);

	void recover();
	void replay(json_t *fields);
	void restore(const json_t *fields, size_t first, Message message);
	void record(const Message &message);

	void gone(Message *message);
	void dies(Message *message, const char *reason);
	void rejected(Message *message) { dies(message, "rejected"); }
	void requeue(Message *message);
	void deliver(Message *message, Channel *channel);
	void settle();

	Queue *find_queue(const std::string &name);
	void add_queue(json_t *line);
	bool publish(Queue *queue, const json_t *line);
	void settle_tags(const json_t *line, Settle how);
	void close_channel(Number number);
	void say(const Json &line) { output += text(line); }

	void on_declare(json_t *line);
	void on_publish(json_t *line);
	void on_consume(json_t *line);
	void on_ack(json_t *line) { settle_tags(line, &Broker::gone); }
	void on_nack(json_t *line);
	void on_close(json_t *line) { close_channel(number_of(line, "ch")); }
	void on_tick(json_t *line);
	void on_sync(json_t *line);

	Journal journal;
	std::string output;
	bool promises = false; // the output holds something that needs a sync
	std::list<Queue> queues;	   // in the order of declaration
	std::map<Number, Channel> channels; // by their numbers
	std::map<Number, Message> messages; // all there are, by number
	std::set<Queue *> touched;	   // that settle() has to look at
	Number now = 0;
	Number last_number = 0;
};

// ---- what survives ----

void Broker::record(const Message &message)
{
	journal.add(pack("[s, I, s, s, s, o, I, I]", "message",
			 message.number, message.queue->name.c_str(),
			 message.mid.c_str(), message.body.c_str(),
			 deaths_json(message).release(), message.since,
			 message.count));
}

// A message as @fields have it from @first on: deaths, since.
void Broker::restore(const json_t *fields, size_t first, Message message)
{
	json_t *death;
	size_t i;

	json_array_foreach(json_array_get(fields, first), i, death)
		message.deaths.push_back({ string_of(death, "q"),
					   string_of(death, "reason") });
	message.since = json_integer_value(json_array_get(fields, first + 1));
	last_number = message.number;
	messages.emplace(message.number, std::move(message));
}

void Broker::replay(json_t *fields)
{
	auto number = [&](size_t i) {
		return json_integer_value(json_array_get(fields, i));
	};
	auto string = [&](size_t i) -> std::string {
		return json_string_value(json_array_get(fields, i));
	};
	std::string kind = string(0);

	if (kind == "queue") {
		add_queue(json_array_get(fields, 1));
	} else if (kind == "message") {
		restore(fields, 5, { number(1), find_queue(string(2)),
				     string(3), string(4), {}, 0, number(7) });
	} else if (kind == "moved") {
		Message &old = messages.at(number(1));

		restore(fields, 4, { number(2), find_queue(string(3)),
				     old.mid, old.body, {}, 0 });
		messages.erase(number(1));
	} else if (kind == "delivered") {
		messages.at(number(1)).count++;
	} else if (kind == "gone") {
		messages.erase(number(1));
	} else if (kind == "time") {
		now = number(1);
	}
}

void Broker::recover()
{
	std::vector<Message *> survivors;

	Journal::read([this](json_t *fields) { replay(fields); });
	journal.add(pack("[s, I]", "time", now));
	for (const Queue &queue : queues)
		journal.add(pack("[s, O]", "queue", queue.declared.get()));
	for (auto &[number, message] : messages) {
		record(message);
		survivors.push_back(&message);
	}
	journal.replace();
	// No consumer has survived: all that was delivered comes back.
	for (Message *message : survivors)
		requeue(message);
	for (Queue &queue : queues)
		touched.insert(&queue);
	settle();
}

void Broker::flush()
{
	journal.write(promises);
	promises = false;
	write_all(STDOUT_FILENO, output);
}

// ---- the life of a message ----

void Broker::gone(Message *message)
{
	journal.add(pack("[s, I]", "gone", message->number));
	messages.erase(message->number);
}

// Off to the dead letter queue, if there is one to take it.
void Broker::dies(Message *message, const char *reason)
{
	Queue *target = find_queue(message->queue->dlq);
	Number old_number = message->number;

	message->deaths.push_front({ message->queue->name, reason });
	if (!target || in_circles(target->name, message->deaths)) {
		gone(message);
		return;
	}
	auto node = messages.extract(old_number);
	node.key() = ++last_number;
	message->number = last_number;
	message->queue = target;
	message->since = now;
	message->count = 0;
	messages.insert(std::move(node));
	journal.add(pack("[s, I, I, s, o, I]", "moved", old_number,
			 message->number, target->name.c_str(),
			 deaths_json(*message).release(), now));
	target->ready.insert(message);
	touched.insert(target);
}

// Back to where it was, unless it has been delivered too often.
void Broker::requeue(Message *message)
{
	Queue *queue = message->queue;

	if (queue->limit && message->count > *queue->limit)
		dies(message, "limit");
	else
		queue->ready.insert(message);
}

void Broker::deliver(Message *message, Channel *channel)
{
	channel->unacked[++channel->last_tag] = message;
	say(pack("{s:s, s:I, s:I, s:s, s:s, s:b, s:I, s:o}", "op", "deliver",
		 "ch", channel->number, "tag", channel->last_tag, "mid",
		 message->mid.c_str(), "body", message->body.c_str(),
		 "redelivered", static_cast<int>(message->count > 0), "count",
		 message->count, "deaths", deaths_json(*message).release()));
	message->count++;
	journal.add(pack("[s, I]", "delivered", message->number));
}

// In each queue that was touched: expire, deliver, drop what is too much.
void Broker::settle()
{
	while (!touched.empty()) {
		Queue *queue = touched.extract(touched.begin()).value();

		while (queue->head_expired(now))
			dies(queue->take_head(), "expired");
		while (!queue->ready.empty()) {
			Channel *channel = queue->take_channel();

			if (!channel)
				break;
			deliver(queue->take_head(), channel);
		}
		while (queue->overflows())
			dies(queue->take_head(), "maxlen");
	}
}

// ---- lines ----

Queue *Broker::find_queue(const std::string &name)
{
	for (Queue &queue : queues)
		if (queue.name == name)
			return &queue;
	return nullptr;
}

void Broker::add_queue(json_t *line)
{
	queues.emplace_back(line);
}

void Broker::on_declare(json_t *line)
{
	if (find_queue(string_of(line, "q")))
		return;
	add_queue(line);
	journal.add(pack("[s, O]", "queue", line));
}

bool Broker::publish(Queue *queue, const json_t *line)
{
	if (queue->refuses())
		return false;
	last_number++;
	auto [at, is_new] = messages.emplace(
		last_number, Message{ last_number, queue,
				      string_of(line, "mid"),
				      string_of(line, "body"), {}, now });
	record(at->second);
	queue->ready.insert(&at->second);
	touched.insert(queue);
	promises = true;
	return true;
}

void Broker::on_publish(json_t *line)
{
	Queue *queue = find_queue(string_of(line, "q"));
	Number seq = number_of(line, "seq");
	bool accepted = true;

	if (queue)
		accepted = publish(queue, line);
	else if (flag_of(line, "mandatory"))
		say(pack("{s:s, s:I}", "op", "return", "seq", seq));
	say(pack("{s:s, s:I, s:b}", "op", "confirm", "seq", seq, "ok",
		 static_cast<int>(accepted)));
}

void Broker::on_consume(json_t *line)
{
	Queue *queue = find_queue(string_of(line, "q"));
	Number number = number_of(line, "ch");

	if (!queue) {
		say(pack("{s:s, s:I, s:i}", "op", "chan_error", "ch", number,
			 "code", 404));
		return;
	}
	Channel channel = { number, queue, number_of(line, "prefetch"), 0, {} };
	auto [at, is_new] = channels.emplace(number, std::move(channel));
	queue->channels.push_back(&at->second);
	touched.insert(queue);
}

// What an ack or nack is about; an unknown tag ends the channel.
void Broker::settle_tags(const json_t *line, Settle how)
{
	Number number = number_of(line, "ch");
	Number tag = number_of(line, "tag");
	auto at = channels.find(number);

	if (at == channels.end())
		return;
	Channel &channel = at->second;
	if (!channel.unacked.contains(tag)) {
		say(pack("{s:s, s:I, s:i}", "op", "chan_error", "ch", number,
			 "code", 406));
		close_channel(number);
		return;
	}
	touched.insert(channel.queue);
	for (Message *message : channel.take(tag, flag_of(line, "multiple")))
		(this->*how)(message);
}

void Broker::on_nack(json_t *line)
{
	settle_tags(line, flag_of(line, "requeue") ? &Broker::requeue
						   : &Broker::rejected);
}

void Broker::close_channel(Number number)
{
	auto node = channels.extract(number);

	if (!node)
		return;
	Channel &channel = node.mapped();
	channel.queue->channels.remove(&channel);
	touched.insert(channel.queue);
	for (auto &[tag, message] : channel.unacked)
		requeue(message);
}

void Broker::on_tick(json_t *line)
{
	now += number_of(line, "ms");
	journal.add(pack("[s, I]", "time", now));
	for (Queue &queue : queues)
		touched.insert(&queue);
}

void Broker::on_sync(json_t *line)
{
	promises = true;
	say(pack("{s:s, s:I}", "op", "synced", "n", number_of(line, "n")));
}

void Broker::handle(const std::string &text)
{
	static const std::map<std::string, void (Broker::*)(json_t *)>
		handlers = {
			{ "declare", &Broker::on_declare },
			{ "publish", &Broker::on_publish },
			{ "consume", &Broker::on_consume },
			{ "ack", &Broker::on_ack },
			{ "nack", &Broker::on_nack },
			{ "close", &Broker::on_close },
			{ "tick", &Broker::on_tick },
			{ "sync", &Broker::on_sync },
		};
	Json line = parse(text);

	(this->*handlers.at(string_of(line.get(), "op")))(line.get());
	settle();
}

} // namespace

int main()
{
	static char chunk[64 * 1024];
	Broker broker;
	std::string input;
	ssize_t length;

	while ((length = read(STDIN_FILENO, chunk, sizeof chunk)) != 0) {
		size_t start = 0;

		if (length < 0 && errno == EINTR)
			continue;
		must(static_cast<int>(length), "read");
		input.append(chunk, static_cast<size_t>(length));
		for (size_t end; (end = input.find('\n', start)) !=
				 std::string::npos; start = end + 1)
			broker.handle(input.substr(start, end - start));
		input.erase(0, start);
		broker.flush();
	}
	return 0;
}
