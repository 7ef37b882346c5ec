// An agent in C++ that speaks the wire of docs/wire.md with nothing but the standard library and POSIX.
// It climbs to 1.5 m above whatever is below and stays there.
//
//   g++ -std=c++17 -O2 -o agent agent.cpp
//
// with this submission.yaml beside it:
//
//   team: my team
//   name: in C++
//   command: [./agent]

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

using Bytes = std::vector<uint8_t>;

// A value that came in. Of arrays only those of 32-bit floats are read; of numbers only whole ones.
struct Value {
    int64_t whole = 0;
    std::string text;
    std::vector<float> array;
    std::map<std::string, Value> map;
};

class Reader {
  public:
    explicit Reader(const Bytes& bytes) : at_(bytes.data()), end_(at_ + bytes.size()) {}

    Value value() {
        const uint8_t head = *take(1);
        if (head <= 0x7f || head >= 0xe0) return number(static_cast<int8_t>(head));
        if (head <= 0x8f) return map(head & 0x0f);
        if (head <= 0x9f) return list(head & 0x0f);
        if (head <= 0xbf) return text(head & 0x1f);
        switch (head) {
            case 0xc0: case 0xc2: case 0xc3: return {};                        // nil, false, true
            case 0xc4: case 0xd9: return text(big(1));                         // bytes and text
            case 0xc5: case 0xda: return text(big(2));
            case 0xc6: case 0xdb: return text(big(4));
            case 0xc7: return extension(big(1));
            case 0xc8: return extension(big(2));
            case 0xc9: return extension(big(4));
            case 0xca: take(4); return {};                                     // floats: not needed here
            case 0xcb: take(8); return {};
            case 0xcc: case 0xcd: case 0xce: case 0xcf: return number(big(1 << (head - 0xcc)));
            case 0xd0: return number(static_cast<int8_t>(big(1)));
            case 0xd1: return number(static_cast<int16_t>(big(2)));
            case 0xd2: return number(static_cast<int32_t>(big(4)));
            case 0xd3: return number(static_cast<int64_t>(big(8)));
            case 0xd4: case 0xd5: case 0xd6: case 0xd7: case 0xd8: return extension(1u << (head - 0xd4));
            case 0xdc: return list(big(2));
            case 0xdd: return list(big(4));
            case 0xde: return map(big(2));
            case 0xdf: return map(big(4));
            default: throw std::runtime_error("not MessagePack");
        }
    }

  private:
    const uint8_t* take(uint64_t count) {
        if (count > static_cast<uint64_t>(end_ - at_)) throw std::runtime_error("cut short");
        const uint8_t* start = at_;
        at_ += count;
        return start;
    }
    uint64_t big(int bytes) {  // the big end first
        uint64_t found = 0;
        const uint8_t* from = take(bytes);
        for (int i = 0; i < bytes; ++i) found = found << 8 | from[i];
        return found;
    }
    static Value number(int64_t whole) { Value v; v.whole = whole; return v; }
    Value text(uint64_t size) {
        Value v;
        v.text.assign(reinterpret_cast<const char*>(take(size)), size);
        return v;
    }
    Value list(uint64_t count) {
        while (count--) value();
        return {};
    }
    Value map(uint64_t count) {
        Value v;
        while (count--) {
            const std::string key = value().text;
            v.map[key] = value();
        }
        return v;
    }
    Value extension(uint64_t size) {
        Value v;
        const bool ours = *take(1) == 1;
        const uint8_t* body = take(size);
        if (!ours || size < 2 || body[0] != 9) return v;  // 9: "<f4" in the list of types
        const uint64_t start = 2 + 4u * body[1];
        v.array.resize((size - start) / sizeof(float));
        std::memcpy(v.array.data(), body + start, v.array.size() * sizeof(float));  // the little end first, as on x86 and ARM
        return v;
    }

    const uint8_t *at_, *end_;
};

class Writer {
  public:
    Bytes bytes;
    void map(int count) { bytes.push_back(0x80 | count); }
    void text(const std::string& text) {
        bytes.push_back(0xa0 | text.size());  // up to 31 characters
        bytes.insert(bytes.end(), text.begin(), text.end());
    }
    void whole(uint64_t value) {
        bytes.push_back(0xcf);
        for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(value >> shift & 0xff);
    }
    void array(const std::vector<float>& values) {  // one axis
        const uint8_t size = 6 + 4 * values.size();
        const uint8_t head[] = {0xc7, size, 1, 9, 1, 0, 0, 0, static_cast<uint8_t>(values.size())};
        bytes.insert(bytes.end(), head, head + sizeof head);
        const auto* raw = reinterpret_cast<const uint8_t*>(values.data());
        bytes.insert(bytes.end(), raw, raw + 4 * values.size());
    }
};

int meet() {
    const std::string where = std::getenv("GOLDENTIME_SOCKET");
    if (where.rfind("fd:", 0) == 0) return std::stoi(where.substr(3));
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::strncpy(name.sun_path, where.c_str(), sizeof name.sun_path - 1);
    const int door = socket(AF_UNIX, SOCK_STREAM, 0);
    if (bind(door, reinterpret_cast<sockaddr*>(&name), sizeof name) || listen(door, 1)) std::exit(1);
    return accept(door, nullptr, nullptr);
}

bool receive(int link, Bytes& into) {
    for (size_t have = 0; have < into.size();) {
        const ssize_t got = read(link, into.data() + have, into.size() - have);
        if (got <= 0) return false;
        have += got;
    }
    return true;
}

void send(int link, const Bytes& body) {
    Bytes frame;
    for (int shift = 24; shift >= 0; shift -= 8) frame.push_back(body.size() >> shift & 0xff);
    frame.insert(frame.end(), body.begin(), body.end());
    for (size_t sent = 0; sent < frame.size();) {
        const ssize_t count = write(link, frame.data() + sent, frame.size() - sent);
        if (count <= 0) std::exit(1);
        sent += count;
    }
}

void answer(int link, const std::string& asked, const Value& question) {
    const std::map<std::string, std::string> kinds{
        {"hello", "hello"}, {"reset", "ready"}, {"observe", "action"}, {"close", "closed"}};
    Writer out;
    out.map(asked == "hello" || asked == "observe" ? 3 : 2);
    out.text("kind");
    out.text(kinds.at(asked));
    out.text("id");
    out.whole(question.map.at("id").whole);
    if (asked == "hello") {
        out.text("version");
        out.whole(1);
    } else if (asked == "observe") {
        const float height = question.map.at("observation").map.at("rangefinder").array.at(0);
        out.text("action");
        out.map(2);
        out.text("motion");
        out.array({0.0f, 0.0f, 1.5f - height, 0.0f});
        out.text("release");
        out.whole(0);
    }
    send(link, out.bytes);
}

int main() {
    const int link = meet();
    Bytes head(4);
    while (receive(link, head)) {
        Bytes body(static_cast<size_t>(head[0]) << 24 | head[1] << 16 | head[2] << 8 | head[3]);
        if (!receive(link, body)) return 1;
        const Value question = Reader(body).value();
        const std::string asked = question.map.at("kind").text;
        answer(link, asked, question);
        if (asked == "close") return 0;
    }
}
