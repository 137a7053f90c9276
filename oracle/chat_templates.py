"""Chat templates: conversations written as texts by transformers' `apply_chat_template`.

The templates are small ones of the shapes of ChatML, Llama 3, Gemma and Mistral, written here. `rendered` is the text, `error` the
message of a template that refuses a conversation.
"""

import jinja2
from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast

import golden

NAME = "chat-templates"

CHATML = """{%- for message in messages %}
    {{- '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}"""
CHATML_DEFAULT = """{% if messages[0]['role'] != 'system' %}<|im_start|>system
You are a helpful assistant.<|im_end|>
{% endif %}
{% for message in messages %}
{{ '<|im_start|>' ~ message.role }}
{{ message.content | trim }}<|im_end|>
{% endfor %}
{% if add_generation_prompt %}
<|im_start|>assistant
{% endif %}"""
LLAMA3 = """{{- bos_token }}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}
{%- if tools is not none %}
    {{- "Environment: ipython\\n" }}
{%- endif %}
{{- "Cutting Knowledge Date: December 2023\\n\\n" }}
{{- system_message }}
{{- "<|eot_id|>" }}
{%- for message in messages %}
    {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
"""
GEMMA = """{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{ '<start_of_turn>' + role + '\\n' + message['content'] | trim + '<end_of_turn>\\n' }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\\n'}}{% endif %}"""
MISTRAL = """{%- if messages[0]["role"] == "system" %}
    {%- set system_message = messages[0]["content"] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set loop_messages = messages %}
{%- endif %}
{%- set ns = namespace(index=0) %}
{%- for message in loop_messages %}
    {%- if (message["role"] == "user") != (ns.index % 2 == 0) %}
        {{- raise_exception("After the optional system message, conversation roles must alternate user/assistant/user/assistant/...") }}
    {%- endif %}
    {%- set ns.index = ns.index + 1 %}
{%- endfor %}
{{- bos_token }}
{%- for message in loop_messages %}
    {%- if message["role"] == "user" %}
        {%- if loop.last and system_message is defined %}
            {{- "[INST] " + system_message + "\\n\\n" + message["content"] + "[/INST]" }}
        {%- else %}
            {{- "[INST] " + message["content"] + "[/INST]" }}
        {%- endif %}
    {%- elif message["role"] == "assistant" %}
        {{- " " + message["content"]|trim + eos_token}}
    {%- else %}
        {{- raise_exception("Only user and assistant roles are supported!") }}
    {%- endif %}
{%- endfor %}
"""
TEMPLATES = {"chatml": CHATML, "chatml-default": CHATML_DEFAULT, "llama-3": LLAMA3, "gemma": GEMMA, "mistral": MISTRAL}


def said(*contents: str, system: str | None = None) -> list[dict]:
    turns = [{"role": ("user", "assistant")[at % 2], "content": content} for at, content in enumerate(contents)]
    return ([] if system is None else [{"role": "system", "content": system}]) + turns


CONVERSATIONS = {
    "one": said("Hello?"),
    "system": said(" What is 1 < 2 & \"so\"?\n", system="Be brief. "),
    "turns": said("Hello", " Hi, é 漢字 🙂 \n", "And\nthen?", "Nothing.", "  "),
    "empty": said(""),
    "two users": [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}],
}


def case(template: str, conversation: str) -> dict:
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.BPE()), bos_token="<s>", eos_token="</s>")
    results = []
    for prompt in (True, False):
        given = dict(tokenize=False, add_generation_prompt=prompt, chat_template=TEMPLATES[template])
        try:
            results.append({"rendered": tokenizer.apply_chat_template(CONVERSATIONS[conversation], **given)})
        except jinja2.exceptions.TemplateError as error:
            results.append({"error": str(error)})
    options = {"template": TEMPLATES[template], "messages": CONVERSATIONS[conversation], "tokens": {"bos_token": "<s>", "eos_token": "</s>"},
               "prompted": results[0], "plain": results[1]}  # fmt: skip
    return {"name": f"{template}: {conversation}", "options": options, "inputs": {}, "outputs": {}, "gradients": {}}


def make() -> dict:
    return {
        "source": golden.source(NAME, "huggingface/transformers", "PreTrainedTokenizerBase.apply_chat_template",
                                packages=("transformers", "jinja2"), notes=["The templates are in oracle/chat_templates.py."]),
        "cases": [case(template, conversation) for template in TEMPLATES for conversation in CONVERSATIONS],
    }  # fmt: skip
