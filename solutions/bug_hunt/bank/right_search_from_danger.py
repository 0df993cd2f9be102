"""A priority queue returns the state that is nearest to a wrong answer first, and each test has one line."""
# %% added before find-error
import heapq
# %% find-error
def find_error(U, V, b, W, c, longest):
    queue, seen, ticket = [(0.0, 0, 0, (0.0, 0.0), [])], set(), 0
    while queue:
        _, _, odd, h, string = heapq.heappop(queue)
        if len(string) == longest:
            continue
        for bit in (0, 1):
            new = np.tanh(U[:, 0] * bit + V @ np.array(h) + b)
            o = (W @ new + c)[0]
            if (o > 0) != ((odd ^ bit) == 1):
                return string + [bit]
            key = (odd ^ bit, len(string), *np.round(new, 2))
            if key not in seen:
                seen.add(key)
                ticket += 1
                heapq.heappush(queue, (abs(o), ticket, odd ^ bit, tuple(new), string + [bit]))
    return None
