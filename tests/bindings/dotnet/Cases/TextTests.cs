using System;
using System.IO;
using System.Text;
using Xunit;

namespace MarsHealth.Interop.Tests;

public class TextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("Ελληνικά, καφές")]
    [InlineData("🚑 備份 резервная копия")]
    [InlineData("\u0001\u007f\u0080\ud7ff\ue000\uffff\U0010ffff")]
    public void A_text_comes_back_as_it_was_given(string text)
    {
        byte[] written = Utf8.Write(text, nameof(text))!;
        Assert.Equal(Encoding.UTF8.GetByteCount(text) + 1, written.Length);
        Assert.Equal((byte)0, written[written.Length - 1]);
        using var texts = new PinnedTexts();
        Assert.Equal(text, Utf8.Read(texts.Add(text, nameof(text))));
    }

    [Fact]
    public void Null_is_NULL_and_back()
    {
        Assert.Null(Utf8.Write(null, "text"));
        Assert.Null(Utf8.Read(IntPtr.Zero));
        Assert.Empty(Utf8.Lines(IntPtr.Zero));
        using var texts = new PinnedTexts();
        Assert.Equal(IntPtr.Zero, texts.Add(null, "text"));
    }

    [Theory]
    [InlineData("Ελληνικά")]
    [InlineData("🚑 μητέρα")]
    [InlineData("")]
    public void The_library_repeats_what_it_was_told(string name)
    {
        MarsException failure = Assert.Throws<MarsException>(() => MarsEvidence.Load("no JSON", name));
        Assert.Equal(MarsError.Malformed, failure.Code);
        Assert.Contains(name, failure.Message);
    }

    [Fact]
    public void Without_a_name_a_document_has_none()
    {
        Assert.Equal(MarsError.Malformed, Assert.Throws<MarsException>(() => MarsEvidence.Load("no JSON")).Code);
    }

    [Fact]
    public void A_long_text_is_cut_in_messages_and_nowhere_else()
    {
        string name = string.Concat(System.Linq.Enumerable.Repeat("Ω🚑", 100_000));
        MarsException failure = Assert.Throws<MarsException>(() => MarsEvidence.Load("no JSON", name));
        Assert.True(Encoding.UTF8.GetByteCount(failure.Message) < NativeError.MessageSize, "the message is not cut");
        Assert.DoesNotContain("\ufffd", failure.Message);
        using var texts = new PinnedTexts();
        Assert.Equal(name, Utf8.Read(texts.Add(name, nameof(name))));
    }

    [Theory]
    [InlineData("<", 0)]
    [InlineData("ab>", 2)]
    [InlineData("<<>", 0)]
    [InlineData("<>><", 2)]
    public void Half_of_a_surrogate_pair_is_an_invalid_argument(string pattern, int index)
    {
        string text = pattern.Replace('<', '\ud83d').Replace('>', '\ude91'); // an attribute cannot hold them
        MarsException failure = Assert.Throws<MarsException>(() => MarsLibrary.Schema(text));
        Assert.Equal(MarsError.InvalidArgument, failure.Code);
        Assert.Equal("invalid-argument", failure.Name);
        Assert.Contains($"name has half of a surrogate pair at index {index}", failure.Message);
        Assert.Equal(MarsError.InvalidArgument, Assert.Throws<MarsException>(() => MarsEvidence.Load(text, "name")).Code);
    }

    [Fact]
    public void A_NUL_in_a_text_is_an_invalid_argument_and_in_a_document_malformed()
    {
        MarsException failure = Assert.Throws<MarsException>(() => MarsLibrary.Schema("evidence\0"));
        Assert.Equal(MarsError.InvalidArgument, failure.Code);
        Assert.Contains("name has a NUL character at index 8", failure.Message);
        Assert.Equal(MarsError.Malformed, Assert.Throws<MarsException>(() => MarsEvidence.Load("{}\0", "name")).Code);
    }

    [Fact]
    public void NULL_for_what_must_be_given_is_the_library_s_invalid_argument()
    {
        MarsException failure = Assert.Throws<MarsException>(() => MarsLibrary.Schema(null!));
        Assert.Equal(MarsError.InvalidArgument, failure.Code);
        Assert.Contains("name", failure.Message);
        Assert.Throws<ArgumentNullException>(() => MarsEvidence.Load((string)null!));
        Assert.Throws<ArgumentNullException>(() => MarsPlan.Load((byte[])null!));
    }

    [Fact]
    public void An_empty_document_is_malformed()
    {
        Assert.Equal(MarsError.Malformed, Assert.Throws<MarsException>(() => MarsEvidence.Load([], "nothing")).Code);
        Assert.Equal(MarsError.Malformed, Assert.Throws<MarsException>(() => MarsPlan.Load(string.Empty)).Code);
    }

    [EvidenceFact]
    public void A_computer_s_name_in_Greek_and_emoji_goes_through_evidence_and_report()
    {
        const string Name = "ΔΙΑΚΟΜΙΣΤΗΣ-🚑";
        using MarsEvidence read = Machine.Evidence();
        using MarsEvidence evidence = MarsEvidence.Load(read.Save().Replace("MARS-DEMO-02", Name), "edited");
        using MarsReport report = evidence.Check();
        Assert.Contains(Name, evidence.Save());
        Assert.DoesNotContain(Name, evidence.Save(redacted: true));
        Assert.Contains(Name, report.Render(Format.Json));
        Assert.Contains(Name, report.Render(Format.Text));
    }

    [ImageFact]
    public void A_folder_s_name_in_Greek_and_emoji_is_found()
    {
        using var image = new ImageCopy();
        using MarsSession session = MarsSession.Open(image.Path);
        session.Collect("agent.os").Dispose();
        MarsException failure = Assert.Throws<MarsException>(() => MarsSession.Open(Path.Combine(image.Path, "δεν υπάρχει")));
        Assert.Contains("δεν υπάρχει", failure.Message);
    }
}
