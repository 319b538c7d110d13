using BuatFilm.Core.Idempotency;

namespace BuatFilm.Tests.Idempotency;

public sealed class IdempotencyKeyTests
{
    public static TheoryData<string[], KeyReading, string> Headers => new()
    {
        { [], KeyReading.Missing, "" },
        { ["8e03978e-40d5-43dd-bc93-6894a57f9324"], KeyReading.Valid, "8e03978e-40d5-43dd-bc93-6894a57f9324" },
        { ["\"8e03978e\""], KeyReading.Valid, "8e03978e" },
        { ["  padded\t"], KeyReading.Valid, "padded" },
        { ["\"a\\\"b\\\\c\""], KeyReading.Valid, "a\"b\\c" },
        { ["\"with, comma\""], KeyReading.Valid, "with, comma" },
        { [new string('k', 255)], KeyReading.Valid, new string('k', 255) },
        { [$"\"{new string('k', 255)}\""], KeyReading.Valid, new string('k', 255) },
        { [new string('k', 256)], KeyReading.Invalid, "" },
        { [""], KeyReading.Invalid, "" },
        { ["\"\""], KeyReading.Invalid, "" },
        { ["\""], KeyReading.Invalid, "" },
        { ["\"open"], KeyReading.Invalid, "" },
        { ["open\""], KeyReading.Invalid, "" },
        { ["\"a\"b\""], KeyReading.Invalid, "" },
        { ["\"a\\"], KeyReading.Invalid, "" },
        { ["\"a\\\""], KeyReading.Invalid, "" },
        { ["\"a\\n\""], KeyReading.Invalid, "" },
        { ["one,two"], KeyReading.Invalid, "" },
        { ["tab\tinside"], KeyReading.Invalid, "" },
        { ["é"], KeyReading.Invalid, "" },
        { ["same", "same"], KeyReading.Invalid, "" },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void Read_EachForm_GivesItsKey(string[] values, KeyReading reading, string key)
    {
        Assert.Equal(reading, IdempotencyKey.Read(values, out var read));
        Assert.Equal(key, read);
    }
}
