"""An attacker finds something out: reconnaissance from outside, discovery from inside."""

from shared.explanations.vocabulary.play import play

PLAYS = (
    play(
        "scan_services",
        "scan|port scan|scan port|service scan|scan network|scan service|discover service|discover network service"
        "|nmap scan|nmap port scan|idle scan|os scan|fingerprint|probe|probe service|vulnerability scan"
        "|scan vulnerability",
        "probing {target} for open ports and the services behind them, to learn what can be attacked",
        "T1046 M1031",
        public="T1595 M1056",
        cloud="T1580 M1018",
        container="T1613 M1035",
    ),
    play(
        "discover_systems",
        "ping sweep|ping scan|nmap ping scan|host scan|subnet scan|discover system|discover remote system"
        "|discover host|discover node|discover network|discover domain controller|arp scan|network sweep",
        "looking for the systems that answer on {target}, to learn where it can move next",
        "T1018",
        public="T1595.001 M1056",
        cloud="T1580 M1018",
    ),
    play(
        "reconnoitre",
        "recon|recon network|footprint|external recon|active recon",
        "gathering information about {target} before the attack",
        "T1595 M1056",
        web="T1594 M1056",
        workstation="T1592 M1056",
        identity_account_mail="T1589 M1056",
        network_segment_dns="T1590 M1056",
    ),
    play(
        "read_website",
        "scan page|scan page content|page content|page source|scan page source|web crawl|crawl website|directory scan"
        "|web directory|navigate web directory|discover web directory",
        "reading the pages and directories of {target} for what they give away",
        "T1594 M1056",
    ),
    play(
        "discover_processes",
        "process scan|discover process|scan process|process discover",
        "listing the processes that run on {target}, to learn what it is used for and what protects it",
        "T1057",
    ),
    play(
        "discover_files",
        "discover file|discover data|discover directory|file scan|scan file|discover secret|discover sensitive file",
        "searching {target} for files worth stealing",
        "T1083",
        storage="T1619 M1018",
        file="T1135 M1028",
    ),
    play(
        "discover_shares",
        "discover share|share scan|discover network share|view share",
        "looking for shared folders on {target}",
        "T1135 M1028",
    ),
    play(
        "discover_accounts",
        "discover account|discover user|discover local user|discover domain user|user scan|whoami|discover admin"
        "|identify active user",
        "listing the accounts of {target}, to learn whose password is worth having",
        "T1087 M1018",
        domain="T1087.002 M1028",
        cloud_identity_account="T1087.004 M1018",
        mail="T1087.003",
    ),
    play(
        "discover_groups",
        "discover group|discover privilege|discover permission|discover domain group|permission group",
        "finding out who has which rights on {target}",
        "T1069",
        domain="T1069.002",
        cloud="T1069.003",
    ),
    play(
        "discover_trusts",
        "discover trust|discover domain trust|domain trust",
        "finding out which other domains {target} trusts",
        "T1482 M1030",
    ),
    play(
        "discover_system",
        "system information|discover system information|discover system info|discover os|host info|sysinfo|uname",
        "reading the operating system and hardware of {target}, to choose the tools that fit",
        "T1082",
    ),
    play(
        "discover_network_configuration",
        "network configuration|discover network configuration|ipconfig|ifconfig|discover route|discover interface|arp"
        "|discover ip|scan wifi|wifi scan|discover wifi",
        "reading the addresses and routes of {target}, to learn how it is connected",
        "T1016",
    ),
    play(
        "discover_connections",
        "discover connection|netstat|network connection|discover network connection|discover session",
        "listing the network connections of {target}, to learn which systems it talks to",
        "T1049",
    ),
    play(
        "discover_software",
        "discover software|discover application|discover security software|discover antivirus|discover defence"
        "|discover security|identify firewall",
        "finding out which software and which protection {target} runs",
        "T1518",
    ),
    play(
        "discover_cloud",
        "discover cloud|discover azure resource|discover aws resource|discover cloud resource|cloud scan"
        "|discover bucket|discover instance|discover cloud service",
        "listing the resources of {target}",
        "T1580 M1018",
        storage="T1619 M1018",
    ),
    play(
        "read_browser_history",
        "browser history|discover browser history|edge history|discover edge history|chrome history|bookmark"
        "|discover browser bookmark",
        "reading the browser history on {target}, to learn which internal systems its user visits",
        "T1217",
    ),
    play(
        "discover_recent_files",
        "recent file|explorer recent file|scan explorer recent file|discover recent file",
        "reading which files were used last on {target}",
        "T1083",
    ),
)
