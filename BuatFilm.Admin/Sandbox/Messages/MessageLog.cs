using BuatFilm.Admin.Sandbox.Storage;

namespace BuatFilm.Admin.Sandbox.Messages;

/// <summary>The messages received by the stand-ins, oldest first; the last <see cref="Capacity"/> of them.</summary>
internal sealed class MessageLog : IDisposable
{
    public const int Capacity = 5_000;

    private readonly Lock _lock = new();
    private readonly Queue<ReceivedMessage> _messages;
    private readonly Journal<ReceivedMessage> _journal;

    public MessageLog(string journalPath)
    {
        _journal = Journal<ReceivedMessage>.Open(journalPath, entries => [.. entries.TakeLast(Capacity)], out var messages);
        _messages = new Queue<ReceivedMessage>(messages);
    }

    public IReadOnlyList<ReceivedMessage> Snapshot()
    {
        lock (_lock)
        {
            return [.. _messages];
        }
    }

    /// <summary>Returns once the message would survive the death of the process.</summary>
    public void Add(ReceivedMessage message)
    {
        lock (_lock)
        {
            _journal.Append(message);
            _messages.Enqueue(message);

            if (_messages.Count > Capacity)
            {
                _messages.Dequeue();
            }
        }
    }

    public void Dispose() => _journal.Dispose();
}
