"""The command line: gathers the commands."""

from __future__ import annotations

import sys

import click

from moral_xlsx import __version__
from moral_xlsx.commands.batch import batch
from moral_xlsx.commands.check import check
from moral_xlsx.commands.decide import decide
from moral_xlsx.commands.doctor import doctor
from moral_xlsx.commands.explain import explain
from moral_xlsx.commands.fill import fill
from moral_xlsx.commands.forms_check import forms_check
from moral_xlsx.commands.forms_diff import forms_diff
from moral_xlsx.commands.forms_list import forms_list
from moral_xlsx.commands.forms_new import forms_new
from moral_xlsx.commands.forms_schema import forms_schema
from moral_xlsx.commands.forms_show import forms_show
from moral_xlsx.commands.mail_fetch import mail_fetch
from moral_xlsx.commands.mail_send import mail_send
from moral_xlsx.commands.status import status
from moral_xlsx.commands.template import template


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="moral-xlsx")
def main() -> None:
    """ตรวจและให้คะแนนแบบประเมินองค์กรคุณธรรมจากสมุดงาน Excel

    Checks and scores the workbooks of the yearly moral-organisation assessment.
    """
    for stream in (sys.stdout, sys.stderr):
        # The console of Windows may not be UTF-8; Thai has to be readable there too.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


@click.group()
def forms() -> None:
    """แบบฟอร์มที่โปรแกรมรู้จัก (the forms that the program knows)."""


@click.group()
def mail() -> None:
    """ดึงอีเมลเข้า และส่งร่างจดหมายออก (fetch mail, send drafts)."""


for command in (forms_list, forms_show, forms_new, forms_check, forms_diff, forms_schema):
    forms.add_command(command)
for command in (mail_fetch, mail_send):
    mail.add_command(command)
for each in (batch, check, template, fill, forms, mail, status, explain, decide, doctor):
    main.add_command(each)
